"""An exception for the tests: Sam, four months too early, a rep who asks, managers who answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from store_api.auth import Caller
from store_api.demo.derived import pin_for
from store_api.demo.people import HARBOR, MAPLE
from store_api.staff import service as staff
from store_api.work import Work
from tests.store_api.clients import Client, sign_in
from tests.store_api.story import Story, Visitor, body_of

TERM = "since-last-upgrade"
OPERATOR = Caller("public", "operator")
OTHERS = {
    "Blair": ("1003", "manager", MAPLE, "6273"),
    "Drew": ("1004", "rep", MAPLE, "8351"),
    "Sasha": ("1005", "manager", MAPLE, "5519"),
    "Ellis": ("2002", "manager", HARBOR, "7714"),
}
"""More staff than the demo has: number, role, store, PIN."""


@dataclass
class Asked:
    """A customer at the kiosk, and a request about their sheet."""

    story: Story
    visitor: Visitor
    request: Any

    @property
    def visit_id(self) -> str:
        return self.visitor.visit_id

    def look(self) -> Any:
        """The decision that the customer sees now."""
        return self.visitor.look()["decision"]

    def read(self, client: Client) -> Any:
        """The request as somebody sees it now."""
        return body_of(client.get(f"/v1/overrides/{self.request['override_id']}"))

    def answer(self, client: Client, pin: str, approved: bool = True, **more: Any) -> Any:
        """What an answer comes to."""
        return body_of(self.send(client, pin, approved, **more))

    def send(self, client: Client, pin: str, approved: bool = True, **more: Any) -> Any:
        """An answer as it is sent, with its status."""
        key = more.pop("key", "")
        body = {"approved": approved, "digest": self.request["digest"], "pin": pin, **more}
        return client.post(f"/v1/overrides/{self.request['override_id']}/answer", body, key=key)


def hire(story: Story) -> None:
    """Take on the staff that the demo lacks."""
    with story.database.transaction() as session:
        work = Work(session, story.clock.now, OPERATOR, story.settings)
        for name, (number, role, store_id, pin) in OTHERS.items():
            staff.add_staff(work, number, name, role, store_id, pin)  # type: ignore[arg-type]


def pin_of(name: str) -> str:
    """A member of staff's PIN."""
    known = {"Jordan": "1001", "Alex": "1002", "Casey": "2001", "Morgan": "9101", "Kim": "5001"}
    return OTHERS[name][3] if name in OTHERS else pin_for(f"staff {known[name]}")


def number_of(name: str) -> str:
    """A member of staff's number."""
    return OTHERS[name][0] if name in OTHERS else {"Jordan": "1001", "Alex": "1002"}[name]


def session_of(story: Story, name: str, station: str = "tablet-1") -> Client:
    """Somebody at a session of their own."""
    if name not in OTHERS:
        return story.staff(name, station)
    if name not in story.clients:
        story.clients[name] = sign_in(story.device(station), number_of(name), pin_of(name))
    return story.clients[name]


def too_early(story: Story, name: str = "Sam", sku: str = "orbit-5-128") -> Visitor:
    """A customer whose last upgrade is too recent has their "no" on the screen."""
    visitor = story.walk_in(name)
    visitor.say(sku=sku)
    assert visitor.ask()["outcome"] == "not_eligible"
    return visitor


def exceptions(visitor: Visitor, client: Client, *terms: str) -> Any:
    """What could be waived, and what these terms would change."""
    query = f"?terms={','.join(terms)}" if terms else ""
    return body_of(client.get(f"/v1/visits/{visitor.visit_id}/overrides{query}"))


def send_request(visitor: Visitor, client: Client, **changes: Any) -> Any:
    """A request as it is sent."""
    body = {"terms": [TERM], "reason": "device_failed", "note": "The speaker is dead.", **changes}
    return client.post(f"/v1/visits/{visitor.visit_id}/overrides", body)


def ask(story: Story, asker: str = "Jordan", name: str = "Sam") -> Asked:
    """Somebody asks for the exception."""
    visitor = too_early(story, name)
    return Asked(story, visitor, body_of(send_request(visitor, session_of(story, asker))))


def confirm(story: Story, visitor: Visitor) -> Any:
    """The rep confirms the order of a visit."""
    order = visitor.look()["order"]["order_id"]
    return body_of(story.rep.post(f"/v1/orders/{order}/confirm"))
