"""A one-time code in place of the PIN, on a phone and for a caller: good there alone, and once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from store_api.app import close_app, create_app
from store_api.db import Database
from store_api.messages import service as messages
from store_api.messages.service import Message
from tests.store_api.factories import KEYS, FakeClock, make_settings
from tests.store_api.sharing.faces import agent, joined_phone
from tests.store_api.story import Story, body_of


class Outbox:
    """A message centre that keeps what it was given."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        """Keep it."""
        self.sent.append(message)


@pytest.fixture
def messaging(demo_url: str) -> Iterator[Story]:
    """The demo with messages on."""
    settings, clock = make_settings(demo_url, messages="console"), FakeClock()
    database = Database(demo_url, pool_size=4)
    app = create_app(settings, database=database, clock=clock)
    yield Story(app, database, settings, clock)
    close_app(app)
    database.close()


def code_of(story: Story) -> str:
    """The code in the message that was sent last."""
    outbox = Outbox()
    while messages.step(story.database, KEYS, outbox, story.clock() + dt.timedelta(seconds=1)):
        pass
    return outbox.sent[-1].text[:6]


def test_a_code_to_the_line_opens_the_phone_that_asked_for_it_and_no_other(messaging: Story) -> None:
    story = messaging
    visitor = story.walk_in("Maya")
    visitor.get_yes()
    phone, other = joined_phone(story, visitor), joined_phone(story, visitor)
    telephone = {"telephone": story.person("Rosa")["telephone"]}
    assert body_of(phone.client.post("/v1/phones/current/one-time-code", telephone))["sent"]
    body = {**telephone, "code": code_of(story)}
    path = "/v1/phones/current/one-time-code/check"
    assert body_of(other.client.post(path, body))["code"] == "identity.wrong"
    assert body_of(phone.client.post(path, body)) == {"code": None, "locked_until": None, "role": "owner"}
    assert phone.look()["decision"] is not None
    assert other.look()["decision"] is None
    assert body_of(phone.client.post(path, body))["code"] == "identity.wrong", "it is good once"


def test_a_code_that_a_caller_reads_aloud_begins_the_call(messaging: Story) -> None:
    story = messaging
    care, telephone = agent(story), {"telephone": story.person("Rosa")["telephone"]}
    assert body_of(care.post("/v1/calls/one-time-code", telephone))["sent"]
    begun = body_of(care.post("/v1/calls/one-time-code/check", {**telephone, "code": code_of(story)}))
    assert (begun["call"]["person"], begun["call"]["identity"]) == ("Rosa", "one_time_code")
