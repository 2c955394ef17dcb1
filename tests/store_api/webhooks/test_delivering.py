"""Delivering webhooks to a real server: exactly what happened, at least once, one try at a time."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_api import outbox
from store_api.webhooks import delivering, store
from store_api.webhooks.delivering import FAILING_FOR, LONGEST_WAIT, MOST_TRIES, wait_before
from tests.store_api.clients import Client
from tests.store_api.factories import NOW
from tests.store_api.story import body_of
from tests.store_api.webhooks.conftest import Desk
from tests.store_api.webhooks.receiver import Receiver, answer, drip, hang, slowly


def test_what_happened_arrives_signed_and_says_nothing_of_a_person(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    visit_id = desk.close_a_visit(as_kiosk)
    assert desk.carry() == 1
    (got,) = receiver.got
    assert got.is_signed_with(desk.secret)
    assert not got.is_signed_with("whsec_" + "A" * 44)
    assert json.loads(got.body) == {
        "type": "visit.closed",
        "version": 1,
        "timestamp": "2026-11-21T16:00:00.000Z",
        "data": {"visit_id": visit_id, "store_id": "store-1", "outcome": "left"},
    }
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    (delivery,) = desk.deliveries()
    assert (delivery["state"], delivery["last_status"], delivery["tried"]) == ("delivered", 204, 1)
    assert delivery["event_id"] == got.headers["webhook-id"]
    assert desk.carry() == 0


def test_nothing_is_told_of_what_was_rolled_back(desk: Desk) -> None:
    def fail_after_telling() -> None:
        with desk.database.transaction() as session:
            outbox.publish(session, "visit.closed", "vis_1", {"outcome": "left"}, NOW)
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_telling()
    assert desk.hand_on() == 0
    with desk.database.transaction() as session:
        outbox.publish(session, "visit.closed", "vis_1", {"outcome": "left"}, NOW)
    assert desk.hand_on() == 1


@pytest.mark.parametrize(
    ("behave", "status", "fault"),
    [
        (answer(500, b"our\x00 database\n is away"), 500, None),
        (answer(302, Location="http://127.0.0.1:1/elsewhere"), 302, None),
        (answer(404), 404, None),
        (hang, None, "timed_out"),
        (drip, None, "timed_out"),
    ],
)
def test_a_try_that_fails_is_made_again_later_under_the_same_id(
    desk: Desk, receiver: Receiver, as_kiosk: Client, behave: Any, status: int | None, fault: str | None
) -> None:
    receiver.behave = behave
    desk.close_a_visit(as_kiosk)
    desk.carry()
    (delivery,) = desk.deliveries()
    assert (delivery["state"], delivery["last_status"], delivery["last_fault"]) == ("pending", status, fault)
    assert delivery["next_try_at"] == "2026-11-21T16:00:05Z"
    assert desk.carry() == 0
    desk.clock.advance(seconds=5)
    receiver.behave = answer(200)
    assert desk.carry() == 1
    first, second = receiver.got
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert second.is_signed_with(desk.secret)
    tries = desk.story(delivery["delivery_id"])["tries"]
    assert [(each["number"], each["status"]) for each in tries] == [(1, status), (2, 200)]
    assert desk.show()["failing_since"] is None


def test_the_first_characters_of_an_answer_are_kept_without_control_characters(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    receiver.behave = answer(500, b"bad\x1b[31m\x00 " + b"x" * 5000)
    desk.close_a_visit(as_kiosk)
    desk.carry()
    (kept,) = desk.story(desk.deliveries()[0]["delivery_id"])["tries"]
    assert kept["answer"].startswith("bad [31m")
    assert len(kept["answer"]) <= 256


def test_an_answer_that_asks_for_time_gets_it(desk: Desk, receiver: Receiver, as_kiosk: Client) -> None:
    receiver.behave = answer(429, Retry_After="600")
    desk.close_a_visit(as_kiosk)
    desk.carry()
    assert desk.deliveries()[0]["next_try_at"] == "2026-11-21T16:10:00Z"


def test_a_server_that_is_gone_is_noticed_and_a_closed_port_is_no_mystery(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    receiver.behave = answer(410)
    desk.close_a_visit(as_kiosk)
    desk.carry()
    assert (desk.show()["state"], desk.show()["disabled_why"]) == ("disabled", "gone")
    desk.close_a_visit(as_kiosk)
    assert desk.carry() == 0
    assert desk.show()["waiting"] == 1
    receiver.behave = answer(200)
    body_of(desk.post("resume"))
    assert desk.carry() == 1


def test_after_the_last_try_it_is_given_up_and_can_be_replayed(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    receiver.behave = answer(503)
    desk.close_a_visit(as_kiosk)
    desk.hand_on()
    for _ in range(MOST_TRIES):
        assert desk.carry() == 1
        desk.clock.advance(hours=25)
        # Somebody else's success in between keeps the subscription alive.
        _forget_failing(desk)
    (delivery,) = desk.deliveries("?state=failed")
    assert delivery["tried"] == MOST_TRIES
    assert desk.carry() == 0
    receiver.behave = answer(200)
    again = body_of(desk.post(f"deliveries/{delivery['delivery_id']}/replay"))
    assert again["state"] == "pending"
    assert desk.carry() == 1
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1


def test_a_subscription_that_fails_for_days_is_disabled_and_the_log_says_so(
    desk: Desk, receiver: Receiver, as_kiosk: Client, as_manager: Client
) -> None:
    receiver.behave = answer(500)
    desk.close_a_visit(as_kiosk)
    desk.carry()
    assert desk.show()["failing_since"] == "2026-11-21T16:00:00Z"
    desk.clock.advance(seconds=FAILING_FOR.total_seconds())
    desk.carry()
    assert (desk.show()["state"], desk.show()["disabled_why"]) == ("disabled", "failing")


def test_a_replay_since_a_time_sends_what_was_delivered_and_what_was_given_up(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    desk.close_a_visit(as_kiosk)
    desk.carry()
    desk.clock.advance(minutes=10)
    for _ in range(2):
        desk.close_a_visit(as_kiosk)
    desk.carry()
    assert body_of(desk.post("replay", {"since": "2026-11-21T16:05:00Z"})) == {"deliveries": 2}
    assert desk.carry() == 2
    ids = [got.headers["webhook-id"] for got in receiver.got]
    assert ids[3:] == ids[1:3]
    refused = desk.post("replay", {"since": "2026-11-21T16:05:00"})
    assert refused.status_code == 422


def test_two_deliverers_at_once_send_each_delivery_once(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    receiver.behave = slowly(0.05)
    for _ in range(12):
        desk.close_a_visit(as_kiosk)
    desk.hand_on()
    start = threading.Barrier(2)
    faults: list[BaseException] = []

    def work() -> None:
        deliverer = desk.deliverer()
        try:
            start.wait(5)
            while taken := deliverer.take(2):
                for each in taken:
                    deliverer.deliver(each)
        except BaseException as error:  # told to the test below
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert faults == []
    ids = [got.headers["webhook-id"] for got in receiver.got]
    assert len(ids) == len(set(ids)) == 12


def test_a_deliverer_that_died_between_sending_and_recording_leaves_it_to_the_next_one(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    desk.close_a_visit(as_kiosk)
    desk.hand_on()
    dies = desk.deliverer()
    (taken,) = dies.take(10)
    sent = dies._send(taken.url, {"webhook-id": taken.event_id}, taken.body)
    assert sent.is_taken
    assert desk.carry() == 0
    desk.clock.advance(seconds=delivering.LEASE.total_seconds())
    assert desk.carry() == 1
    assert [got.headers["webhook-id"] for got in receiver.got] == [taken.event_id] * 2
    # The first one comes back to life: its late word is kept, and changes nothing.
    desk.clock.advance(seconds=1)
    with desk.database.transaction() as session:
        delivering.settle(session, taken, sent, NOW, desk.clock(), 0.5)
    (delivery,) = desk.deliveries()
    assert (delivery["state"], delivery["tried"]) == ("delivered", 2)


def test_one_that_hangs_takes_no_more_than_its_share(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    for _ in range(9):
        desk.close_a_visit(as_kiosk)
    desk.hand_on()
    assert len(desk.deliverer().take(50)) == 4
    assert desk.deliverer().take(50) == []


def test_while_a_request_hangs_the_database_is_free(desk: Desk, receiver: Receiver, as_kiosk: Client) -> None:
    receiver.behave = hang
    desk.close_a_visit(as_kiosk)
    desk.hand_on()
    deliverer = desk.deliverer()
    (taken,) = deliverer.take(1)
    thread = threading.Thread(target=deliverer.deliver, args=(taken,))
    thread.start()
    while not receiver.got:
        thread.join(0.01)
    desk.close_a_visit(as_kiosk)
    assert thread.is_alive()
    thread.join(10)
    assert desk.deliveries()[0]["last_fault"] == "timed_out"


def test_deliveries_are_forgotten_with_their_events(desk: Desk, receiver: Receiver, as_kiosk: Client) -> None:
    desk.close_a_visit(as_kiosk)
    desk.carry()
    desk.clock.advance(days=31)
    with desk.database.transaction() as session:
        delivering.forget_old(session, desk.clock())
    assert outbox.forget_old(desk.database, desk.clock()) >= 1
    assert desk.deliveries() == []


@given(tries=st.integers(1, 40), chance=st.floats(0, 1), asked=st.none() | st.integers(0, 10**6))
def test_waits_grow_stay_within_a_day_and_honour_what_is_asked(
    tries: int, chance: float, asked: int | None
) -> None:
    wait = wait_before(tries, chance, asked)
    assert dt.timedelta(seconds=4) <= wait <= LONGEST_WAIT * 1.2
    assert wait >= min(dt.timedelta(seconds=asked or 0), LONGEST_WAIT)
    assert wait_before(tries, 0.5) <= wait_before(tries + 1, 0.5)


def test_the_tries_last_a_little_over_four_days() -> None:
    total = sum((wait_before(tries, 0.5) for tries in range(1, MOST_TRIES)), dt.timedelta())
    assert dt.timedelta(days=4) < total < FAILING_FOR


def _forget_failing(desk: Desk) -> None:
    with desk.database.transaction() as session:
        row = store.lock_webhook(session, desk.webhook_id)
        assert row is not None
        row.failing_since = None
