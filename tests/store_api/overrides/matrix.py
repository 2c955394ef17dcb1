"""Everything by which somebody could try to get an exception past the rules, tried one after another.

Each attempt says what came of it; whether it passed is read off the customer's own sheet, never off the
answer. `python -m tests.store_api.overrides.matrix` prints the table on a fresh SQLite database.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.store_api.clients import Client
from tests.store_api.demo_fixtures import prepare_demo
from tests.store_api.factories import NOW, FakeClock, make_settings
from tests.store_api.overrides.asking import (
    TERM,
    Asked,
    ask,
    hire,
    number_of,
    pin_of,
    send_request,
    session_of,
    too_early,
)
from tests.store_api.sharing.faces import Face, joined_phone
from tests.store_api.story import Story, body_of

ELSEWHERE = {"Ellis": "harbor-tablet-1", "Morgan": "head-office", "Kim": "care-desk"}


@dataclass(frozen=True)
class Tried:
    """An attempt: what it was, what it came to, and whether the customer's answer was a yes afterwards."""

    kind: str
    attempt: str
    came_to: str
    passed: bool


def outcome(answer: Any) -> str:
    """The code of an answer: its own, or the problem's."""
    body = answer.get_json(silent=True) or {}
    code = body.get("code") or "ok"
    return f"{code}" if answer.status_code == 200 else f"{answer.status_code} {code}"


def note(asked: Asked, kind: str, attempt: str, answer: Any) -> Tried:
    """The attempt, with what the customer sees after it."""
    return Tried(kind, attempt, outcome(answer), asked.look()["outcome"] == "eligible")


def client_of(story: Story, name: str) -> Client:
    return session_of(story, name, ELSEWHERE.get(name, "tablet-1"))


def wrong_pins(story: Story) -> Iterator[Tried]:
    """Wrong PINs at every session, then so many that the right one is closed too."""
    asked, kind = ask(story), "wrong PIN"
    alex = session_of(story, "Alex")
    at_rep = {"staff_number": number_of("Alex")}
    yield note(asked, kind, "at one's own session", asked.send(alex, "0000"))
    yield note(asked, kind, "at the rep's session", asked.send(story.rep, "0000", **at_rep))
    yield note(asked, kind, "the rep's own PIN", asked.send(story.rep, pin_of("Jordan"), **at_rep))
    yield note(asked, kind, "another manager's", asked.send(story.rep, pin_of("Blair"), **at_rep))
    nobody = asked.send(story.rep, pin_of("Alex"), staff_number="7777")
    yield note(asked, kind, "a number that nobody has", nobody)
    for _ in range(10):
        last = asked.send(story.rep, "0000", **at_rep)
    yield note(asked, kind, "ten of them", last)
    yield note(asked, kind, "the right one afterwards, here", asked.send(story.rep, pin_of("Alex"), **at_rep))
    yield note(asked, kind, "and at one's own session", asked.send(alex, pin_of("Alex")))


def oneself(story: Story) -> Iterator[Tried]:
    """Whoever asks, in every way."""
    asked, kind = ask(story), "self"
    yield note(asked, kind, "a rep, own session", asked.send(story.rep, pin_of("Jordan")))
    named = asked.send(story.rep, pin_of("Jordan"), staff_number=number_of("Jordan"))
    yield note(asked, kind, "a rep, by number", named)
    elsewhere = asked.send(client_of(story, "Drew"), pin_of("Jordan"), staff_number=number_of("Jordan"))
    yield note(asked, kind, "a rep, at a colleague's session", elsewhere)
    own = ask(story, "Alex")
    yield note(own, kind, "a manager, own session", own.send(session_of(story, "Alex"), pin_of("Alex")))
    by_number = own.send(story.rep, pin_of("Alex"), staff_number=number_of("Alex"))
    yield note(own, kind, "a manager, at the rep's session", by_number)


def strangers(story: Story) -> Iterator[Tried]:
    """Whoever the policy does not name, or who is of another store."""
    asked, kind = ask(story), "not entitled"
    for name in ("Drew", "Ellis", "Morgan", "Kim"):
        yield note(asked, kind, f"{name}, own session", asked.send(client_of(story, name), pin_of(name)))
    yield note(
        asked, kind, "another store's manager, by number",
        asked.send(story.rep, pin_of("Ellis"), staff_number=number_of("Ellis")),
    )  # fmt: skip


def participants(story: Story) -> Iterator[Tried]:
    """Whoever took part in the visit."""
    kind = "took part"
    asked = ask(story)
    Face(client_of(story, "Blair"), asked.visit_id).draw()
    yield note(
        asked, kind, "had the sheet on a tablet", asked.send(client_of(story, "Blair"), pin_of("Blair"))
    )
    seen = {"telephone": story.person("Sam")["telephone"]}
    body_of(client_of(story, "Sasha").post(f"/v1/visits/{asked.visit_id}/photo-id", seen))
    yield note(asked, kind, "saw the photo ID", asked.send(client_of(story, "Sasha"), pin_of("Sasha")))
    by_number = asked.send(story.rep, pin_of("Sasha"), staff_number=number_of("Sasha"))
    yield note(asked, kind, "the same, at the rep's session", by_number)


def circles(story: Story) -> Iterator[Tried]:
    """Managers who approve each other's requests, two and three of them."""
    kind = "circle"
    first = ask(story, "Blair")
    assert first.answer(client_of(story, "Sasha"), pin_of("Sasha"))["code"] is None
    back = ask(story, "Sasha")
    yield note(back, kind, "of two", back.send(client_of(story, "Blair"), pin_of("Blair")))
    assert back.answer(session_of(story, "Alex"), pin_of("Alex"))["code"] is None
    third = ask(story, "Alex")
    yield note(third, kind, "of three", third.send(client_of(story, "Blair"), pin_of("Blair")))


def replays(story: Story) -> Iterator[Tried]:
    """An answer sent again, with its own key and with another, and to another request."""
    kind, alex = "replayed", session_of(story, "Alex")
    asked = ask(story)
    body_of(asked.send(alex, pin_of("Alex"), approved=False, key="once"))
    again = asked.send(alex, pin_of("Alex"), approved=False, key="once")
    yield note(asked, kind, "a no, with its own key", again)
    other_body = asked.send(alex, pin_of("Alex"), approved=True, key="once")
    yield note(asked, kind, "its key with a yes", other_body)
    yield note(asked, kind, "a yes after a no", asked.send(alex, pin_of("Alex")))
    newer = ask(story)
    newer.request = {**newer.request, "digest": asked.request["digest"]}
    yield note(newer, kind, "the answer to an earlier request", newer.send(alex, pin_of("Alex")))


def used_again(story: Story) -> Iterator[Tried]:
    """An approval that was used, sent again on the customer's next order."""
    kind, alex = "replayed", session_of(story, "Alex")
    asked = ask(story)
    body_of(asked.send(alex, pin_of("Alex"), key="yes"))
    next_one = too_early(story)
    again = asked.send(alex, pin_of("Alex"), key="yes")
    yield note(Asked(story, next_one, asked.request), kind, "a yes, on the next order", again)


def swaps(story: Story) -> Iterator[Tried]:
    """What is approved is not what was shown."""
    kind, alex = "swapped", session_of(story, "Alex")
    asked = ask(story)
    yield note(asked, kind, "another digest", asked.send(alex, pin_of("Alex"), digest="0" * 64))
    asked.visitor.say(sku="lumen-8-128")
    yield note(asked, kind, "a dearer phone since", asked.send(alex, pin_of("Alex")))
    asked.visitor.say(sku="pico-2-64")
    yield note(asked, kind, "a cheaper phone since", asked.send(alex, pin_of("Alex")))
    unknown = asked.send(alex, pin_of("Alex"), terms=["new-phone"])
    yield note(asked, kind, "a term put into the answer", unknown)
    refused = send_request(asked.visitor, story.rep, terms=[TERM, "renew-agreement"])
    yield note(asked, kind, "a term that cannot be waived", refused)


def over(story: Story) -> Iterator[Tried]:
    """Requests that nobody can answer any more."""
    kind, alex = "over", session_of(story, "Alex")
    taken_back = ask(story)
    path = f"/v1/visits/{taken_back.visit_id}/overrides/{taken_back.request['override_id']}/withdraw"
    body_of(story.rep.post(path))
    yield note(taken_back, kind, "taken back", taken_back.send(alex, pin_of("Alex")))
    replaced = ask(story)
    body_of(send_request(replaced.visitor, story.rep, reason="hardship"))
    yield note(replaced, kind, "replaced by another", replaced.send(alex, pin_of("Alex")))
    late = ask(story)
    story.clock.advance(minutes=15)
    yield note(late, kind, "fifteen minutes old", late.send(alex, pin_of("Alex")))
    story.clock.advance(minutes=10)


def other_callers(story: Story) -> Iterator[Tried]:
    """Every caller that is not staff, on every route that could give or ask for an exception."""
    asked, kind = ask(story), "other callers"
    phone = joined_phone(story, asked.visitor, "Sam").client
    callers = {
        "public": Client(story.app, None),
        "kiosk": story.kiosk,
        "tablet": story.device("tablet-1"),
        "till": story.till,
        "desk": story.device("head-office"),
        "phone": phone,
        "author": story.staff("Robin", "head-office"),
    }
    request = asked.request["override_id"]
    answer = {"approved": True, "digest": asked.request["digest"], "pin": pin_of("Alex")}
    doors: dict[str, tuple[str, Any]] = {
        "answer": (f"/v1/overrides/{request}/answer", {**answer, "staff_number": number_of("Alex")}),
        "ask": (f"/v1/visits/{asked.visit_id}/overrides", {"terms": [TERM], "reason": "hardship"}),
        "disown": (f"/v1/overrides/{request}/disown", None),
        "seen": (f"/v1/overrides/{request}/seen", None),
    }
    for caller, client in callers.items():
        for door, (path, body) in doors.items():
            yield note(asked, kind, f"{caller}: {door}", client.post(path, body))


PARTS: tuple[Callable[[Story], Iterator[Tried]], ...] = (
    oneself, strangers, participants, replays, used_again, swaps, over, other_callers, circles, wrong_pins,
)  # fmt: skip
"""In an order in which no part spoils the next; the account's and approvers' days have room for all of it."""


def try_everything(story: Story) -> list[Tried]:
    """Every attempt, on one fresh demo."""
    hire(story)
    tried: list[Tried] = []
    for part in PARTS:
        tried.extend(part(story))
        story.clock.advance(hours=25)
        story.clients.clear()
    return tried


def write_table(tried: list[Tried]) -> str:
    """The attempts as a Markdown table."""
    lines = ["| kind | attempt | what came of it | passed |", "|---|---|---|---|"]
    lines += [
        f"| {each.kind} | {each.attempt} | `{each.came_to}` | {'YES' if each.passed else 'no'} |"
        for each in tried
    ]
    passed = sum(each.passed for each in tried)
    return "\n".join([*lines, "", f"{len(tried)} attempts, {passed} passed."])


def main() -> None:
    """Print the table."""
    from store_api.app import close_app, create_app
    from store_api.db import Database

    with tempfile.TemporaryDirectory() as folder:
        url = prepare_demo(f"sqlite:///{Path(folder) / 'demo.db'}")
        settings = make_settings(url)
        database = Database(url)
        clock = FakeClock(NOW)
        app = create_app(settings, database=database, clock=clock)
        print(write_table(try_everything(Story(app, database, settings, clock))))
        close_app(app)
        database.close()


if __name__ == "__main__":
    main()
