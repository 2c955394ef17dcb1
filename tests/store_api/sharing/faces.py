"""Faces of one visit for the tests of sharing: phones that join, an agent with a caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.store_api.clients import Client
from tests.store_api.story import Story, Visitor, body_of


@dataclass
class Face:
    """One face in a visit: what it reads, and what it reports as drawn."""

    client: Client
    visit_id: str

    def circle(self) -> Any:
        """Who is in the visit, as this face sees it."""
        return body_of(self.client.get(f"/v1/visits/{self.visit_id}/participants"))

    def look(self) -> Any:
        """The visit as this face sees it."""
        return body_of(self.client.get(f"/v1/visits/{self.visit_id}"))

    def report(self, terms_code: str | None = None) -> Any:
        """Say what is drawn; the circle afterwards."""
        path = f"/v1/visits/{self.visit_id}/participants/current"
        return body_of(self.client.put(path, {"terms_code": terms_code}, key=None))

    def draw(self) -> Any:
        """Read the visit, draw its sheet and report it, as a page does."""
        decision = self.look()["decision"]
        return self.report(decision["terms_code"] if decision else None)

    def lamps(self) -> dict[str, tuple[bool, bool]]:
        """(is here, sees) of everybody, by role."""
        return {each["role"]: (each["is_here"], each["sees"]) for each in self.circle()["participants"]}


def kiosk_of(visitor: Visitor) -> Face:
    return Face(visitor.client, visitor.visit_id)


def tablet_of(story: Story, visitor: Visitor) -> Face:
    return Face(story.rep, visitor.visit_id)


def join_code(visitor: Visitor, face: str = "phone") -> str:
    """A code that is drawn at the visit's kiosk."""
    path = f"/v1/visits/{visitor.visit_id}/join-codes"
    return str(body_of(visitor.client.post(path, {"face": face}, key=None))["code"])


def joined_phone(story: Story, visitor: Visitor, holder: str | None = None) -> Face:
    """A phone that joined by a code; `holder` has passed the check on it."""
    answer = body_of(Client(story.app, None).post("/v1/joins", {"code": join_code(visitor)}, key=None))
    phone = Face(Client(story.app, answer["token"]), visitor.visit_id)
    if holder is not None:
        assert identify(story, phone, holder)["code"] is None
    return phone


def identify(story: Story, phone: Face, name: str, pin: str | None = None) -> Any:
    person = story.person(name)
    body = {"telephone": person["telephone"], "pin": pin or person["pin"]}
    return body_of(phone.client.post("/v1/phones/current/identity", body))


def agent(story: Story, name: str = "Kim") -> Client:
    return story.staff(name, "care-desk")


def call_of(story: Story, caller: str, pin: str | None = None) -> Any:
    """The agent checks who calls; the answer."""
    person = story.person(caller)
    body = {"telephone": person["telephone"], "pin": pin or person["pin"]}
    return body_of(agent(story).post("/v1/calls", body))
