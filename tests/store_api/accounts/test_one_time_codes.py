"""One-time codes to the line: sent, typed, good once; and nobody learns which numbers exist."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from store_api.accounts.models import OneTimeCodeRow
from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.messages import service as messages
from store_api.messages.models import MessageRow
from store_api.messages.service import Message, MessageFailed
from store_api.settings import Settings
from tests.store_api.clients import Client
from tests.store_api.factories import (
    KEYS,
    NOW,
    Customer,
    FakeClock,
    World,
    add_customer,
    make_settings,
    make_work,
)

NUMBER, NOBODYS_NUMBER = "(312) 555-0142", "(312) 555-0199"


class Outbox:
    """A sender that keeps what it was given; it refuses the first `refusals` times."""

    def __init__(self, refusals: int = 0) -> None:
        self.sent: list[Message] = []
        self.refusals = refusals

    def send(self, message: Message) -> None:
        """Keep it."""
        if self.refusals:
            self.refusals -= 1
            raise MessageFailed("answered 503")
        self.sent.append(message)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings with messages on."""
    return make_settings(database_url, messages="console")


@pytest.fixture
def customer(database: Database) -> Customer:
    """Dana, with a line."""
    with database.transaction() as session:
        return add_customer(make_work(session), NUMBER)


@pytest.fixture
def visit(as_kiosk: Client, customer: Customer) -> str:
    """An open visit at the kiosk."""
    return open_visit(as_kiosk)


@pytest.fixture
def restarted(settings: Settings, clock: FakeClock, world: World) -> Iterator[Client]:
    """The kiosk as a caller of another process."""
    app = create_app(settings, clock=clock)
    yield Client(app, world.kiosk)
    close_app(app)


def open_visit(client: Client) -> str:
    visit_id: str = client.post("/v1/visits", {"language": "en"}).get_json()["visit_id"]
    return visit_id


def send(client: Client, visit: str, telephone: str = NUMBER) -> dict[str, Any]:
    answer = client.post(f"/v1/visits/{visit}/one-time-code", {"telephone": telephone})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def check(client: Client, visit: str, code: str, telephone: str = NUMBER) -> dict[str, Any]:
    path = f"/v1/visits/{visit}/one-time-code/check"
    answer = client.post(path, {"telephone": telephone, "code": code})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    found["visit"].pop("revision")
    return found


def deliver(database: Database, now: dt.datetime = NOW, outbox: Outbox | None = None) -> list[Message]:
    """Send what waits; what was sent."""
    outbox = outbox or Outbox()
    while messages.step(database, KEYS, outbox, now):
        pass
    return outbox.sent


def code_of(message: Message) -> str:
    return message.text.split()[0]


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_is_sent_to_the_line_and_lets_its_person_in_once(
    as_kiosk: Client, visit: str, database: Database
) -> None:
    assert send(as_kiosk, visit) == {"sent": True, "code": None, "until": "2026-11-21T16:10:00Z"}
    [message] = deliver(database)
    assert (message.to, message.kind, message.language) == ("+13125550142", "one_time_code", "en")
    code = code_of(message)
    assert (len(code), code.isdigit()) == (6, True)
    answer = check(as_kiosk, visit, code)
    assert (answer["checked"], answer["visit"]["identity"]) == (True, "one_time_code")
    assert answer["visit"]["person"] == "Dana"
    assert check(as_kiosk, visit, code)["code"] == "identity.wrong"


def test_a_code_is_good_for_ten_minutes(
    as_kiosk: Client, visit: str, database: Database, clock: FakeClock
) -> None:
    send(as_kiosk, visit)
    code = code_of(deliver(database)[0])
    clock.advance(minutes=10)
    assert check(as_kiosk, visit, code)["code"] == "identity.wrong"


def test_a_code_is_good_in_the_visit_that_asked_for_it_alone(
    as_kiosk: Client, visit: str, database: Database
) -> None:
    send(as_kiosk, visit)
    code = code_of(deliver(database)[0])
    assert check(as_kiosk, open_visit(as_kiosk), code)["code"] == "identity.wrong"
    assert check(as_kiosk, visit, code)["checked"]


def test_the_newest_code_alone_is_good(as_kiosk: Client, visit: str, database: Database) -> None:
    send(as_kiosk, visit)
    send(as_kiosk, visit)
    older, newer = (code_of(message) for message in deliver(database))
    if older != newer:
        assert check(as_kiosk, visit, older)["code"] == "identity.wrong"
    assert check(as_kiosk, visit, newer)["checked"]


def test_a_number_that_nobody_has_answers_the_same_and_gets_no_message(
    as_kiosk: Client, visit: str, database: Database
) -> None:
    assert send(as_kiosk, visit, NUMBER) == send(as_kiosk, visit, NOBODYS_NUMBER)
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(MessageRow)) == 2
        assert session.scalar(sa.select(sa.func.count()).select_from(OneTimeCodeRow)) == 2
    [message] = deliver(database)
    wrong = another(code_of(message))
    assert check(as_kiosk, visit, wrong) == check(as_kiosk, visit, wrong, NOBODYS_NUMBER)


def test_ten_wrong_codes_close_codes_for_an_hour_and_no_other_method(
    as_kiosk: Client, as_rep: Client, visit: str, restarted: Client, database: Database, clock: FakeClock
) -> None:
    send(as_kiosk, visit)
    code = code_of(deliver(database)[0])
    clients = [as_kiosk, restarted] * 5
    codes = [check(client, visit, another(code))["code"] for client in clients]
    assert codes == ["identity.wrong"] * 9 + ["identity.locked"]
    assert check(restarted, visit, code)["code"] == "identity.locked"
    pin = as_kiosk.post(f"/v1/visits/{visit}/identity", {"telephone": NUMBER, "pin": "2468"}).get_json()
    assert pin["checked"]
    assert as_rep.post(f"/v1/visits/{visit}/photo-id", {"telephone": NUMBER}).get_json()["checked"]
    clock.advance(hours=1)
    other = open_visit(as_kiosk)
    send(as_kiosk, other)
    assert check(as_kiosk, other, code_of(deliver(database, clock.now)[0]))["checked"]


def test_a_line_gets_five_codes_an_hour_whether_or_not_somebody_has_it(
    as_kiosk: Client, visit: str, database: Database, clock: FakeClock
) -> None:
    for number in (NUMBER, NOBODYS_NUMBER):
        assert [send(as_kiosk, visit, number)["code"] for _ in range(5)] == [None] * 5
    refused = send(as_kiosk, visit)
    assert refused == {"sent": False, "code": "one_time_code.too_many", "until": "2026-11-21T17:00:00Z"}
    assert refused == send(as_kiosk, visit, NOBODYS_NUMBER)
    assert len(deliver(database)) == 5
    clock.advance(hours=1)
    assert send(as_kiosk, visit)["sent"]


def test_neither_code_nor_number_stands_in_the_database(
    as_kiosk: Client, visit: str, database: Database
) -> None:
    send(as_kiosk, visit)
    with database.reading() as session:
        rows = [*session.scalars(sa.select(OneTimeCodeRow)), *session.scalars(sa.select(MessageRow))]
        text = json.dumps([{key: str(value) for key, value in vars(row).items()} for row in rows])
    code = code_of(deliver(database)[0])
    assert "5550142" not in text
    assert f'"{code}"' not in text
    with database.reading() as session:
        assert session.scalars(sa.select(MessageRow)).all() == []


def test_a_message_that_is_not_taken_is_sent_again_until_it_has_lost_its_use(
    as_kiosk: Client, visit: str, database: Database
) -> None:
    send(as_kiosk, visit)
    outbox = Outbox(refusals=1)
    assert deliver(database, NOW, outbox) == []
    with database.reading() as session:
        assert messages.waiting(session) == messages.Waiting(1, "answered 503")
    assert len(deliver(database, NOW + dt.timedelta(minutes=1), outbox)) == 1
    send(as_kiosk, visit)
    assert deliver(database, NOW + dt.timedelta(minutes=10)) == []
    with database.reading() as session:
        assert messages.waiting(session).count == 0


def test_without_a_sender_there_are_no_codes(
    database_url: str, database: Database, world: World, clock: FakeClock
) -> None:
    app: Flask = create_app(make_settings(database_url), database=database, clock=clock)
    client = Client(app, world.kiosk)
    assert client.get("/v1/store").get_json()["one_time_codes"] is False
    assert send(client, open_visit(client))["code"] == "one_time_code.not_offered"


def test_the_kiosk_learns_that_codes_are_sent(as_kiosk: Client) -> None:
    assert as_kiosk.get("/v1/store").get_json()["one_time_codes"] is True
