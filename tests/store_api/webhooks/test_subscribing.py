"""Subscriptions: whose they are, what may be asked for, and secrets that are seen once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from store_api.keys import KeyRing
from store_api.sealing import CannotOpen, seal, unseal
from store_api.webhooks.addresses import BadAddress, Target, choose_address, is_public, read_target
from store_api.webhooks.models import WebhookSecretRow
from tests.store_api.clients import Client
from tests.store_api.factories import KEYS, World
from tests.store_api.story import body_of
from tests.store_api.webhooks.conftest import Desk, subscribe
from tests.store_api.webhooks.receiver import Receiver


def test_nothing_is_sent_before_a_secret_was_asked_for(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    body = {"url": receiver.url, "event_types": ["visit.closed"], "description": "another"}
    made = body_of(desk.partner.post("/v1/webhooks", body))
    assert (made["state"], made["store_id"]) == ("awaiting_secret", None)
    desk.close_a_visit(as_kiosk)
    assert desk.carry() == 1
    body_of(desk.partner.post(f"/v1/webhooks/{made['webhook_id']}/secrets"))
    assert desk.carry() == 1


def test_during_a_rotation_old_and_new_secret_both_sign(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    made = body_of(desk.post("secrets"))
    assert made["others_until"] == "2026-11-22T16:00:00Z"
    desk.close_a_visit(as_kiosk)
    desk.carry()
    assert receiver.got[-1].is_signed_with(desk.secret)
    assert receiver.got[-1].is_signed_with(made["secret"])
    desk.clock.advance(hours=24, seconds=1)
    desk.close_a_visit(as_kiosk)
    desk.carry()
    assert not receiver.got[-1].is_signed_with(desk.secret)
    assert receiver.got[-1].is_signed_with(made["secret"])


def test_a_secret_is_stored_sealed_and_in_no_answer_but_its_own(desk: Desk) -> None:
    plain = desk.secret.removeprefix("whsec_")
    with desk.database.reading() as session:
        sealed = session.scalars(sa.select(WebhookSecretRow.sealed)).all()
        answers = session.execute(sa.text("SELECT answer FROM idempotency_keys")).all()
    assert plain not in repr(sealed)
    assert plain.encode() not in b"".join(bytes(each[0] or b"") for each in answers)
    assert plain not in repr(desk.show())


def test_what_happens_while_it_is_paused_is_sent_when_it_goes_on(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    body_of(desk.post("pause"))
    desk.close_a_visit(as_kiosk)
    assert desk.carry() == 0
    assert (desk.show()["state"], desk.show()["waiting"]) == ("paused", 1)
    body_of(desk.post("resume"))
    assert desk.carry() == 1


def test_a_deleted_subscription_is_gone_with_what_it_had(
    desk: Desk, receiver: Receiver, as_kiosk: Client
) -> None:
    desk.close_a_visit(as_kiosk)
    desk.hand_on()
    body_of(desk.partner.delete(f"/v1/webhooks/{desk.webhook_id}"))
    assert desk.partner.get(f"/v1/webhooks/{desk.webhook_id}").status_code == 404
    assert desk.carry() == 0
    assert receiver.got == []
    with desk.database.reading() as session:
        assert session.scalars(sa.select(WebhookSecretRow)).all() == []


def test_each_owner_sees_their_own_and_nobody_elses(
    desk: Desk, receiver: Receiver, as_manager: Client, world: World
) -> None:
    of_store, _ = subscribe(as_manager, receiver.url)
    vendor = Client(desk.app, world.store_partner)
    for stranger, webhook_id in ((as_manager, desk.webhook_id), (vendor, of_store), (desk.partner, of_store)):
        for method, path in (
            ("GET", ""),
            ("POST", "/secrets"),
            ("POST", "/pause"),
            ("GET", "/deliveries"),
            ("DELETE", ""),
        ):
            answer = stranger.call(method, f"/v1/webhooks/{webhook_id}{path}")
            assert answer.status_code == 404
    assert [each["webhook_id"] for each in body_of(as_manager.get("/v1/webhooks"))["webhooks"]] == [of_store]


def test_a_store_hears_its_own_visits_and_no_others(
    desk: Desk, receiver: Receiver, as_manager: Client, world: World
) -> None:
    of_store, _ = subscribe(as_manager, receiver.url)
    desk.close_a_visit(Client(desk.app, world.other_store_kiosk))
    assert desk.carry() == 1
    found = body_of(as_manager.get(f"/v1/webhooks/{of_store}/deliveries"))
    assert found["deliveries"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"url": "ftp://example.com", "event_types": ["visit.closed"]},
        {"url": "https://user@example.com/", "event_types": ["visit.closed"]},
        {"url": "http://example.com/", "event_types": ["visit.closed"]},
        {"url": "https://example.com:99999/", "event_types": ["visit.closed"]},
        {"url": "https://example.com/", "event_types": []},
        {"url": "https://example.com/", "event_types": ["person.added"]},
        {"url": "https://example.com/#part", "event_types": ["visit.closed"]},
    ],
)
def test_an_address_that_cannot_be_used_is_refused(desk: Desk, body: Any) -> None:
    assert desk.partner.post("/v1/webhooks", body).status_code == 422


BEHIND_THE_WALL = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0
224.0.0.1 255.255.255.255 ::1 :: fe80::1 fc00::1 ff02::1 ::ffff:127.0.0.1
64:ff9b::a00:1 2002:7f00:1:: 2001:0:1::1
"""


@pytest.mark.parametrize("written", BEHIND_THE_WALL.split())
def test_addresses_behind_the_wall_are_never_reached(written: str) -> None:
    target = Target(True, "hooks.example.com", 443, "/")
    with pytest.raises(BadAddress, match=r"address\.private"):
        choose_address(target, False, lambda _host, _port: [written])
    assert choose_address(target, True, lambda _host, _port: [written]) == written


def test_a_public_address_is_chosen_though_the_name_also_stands_for_a_private_one() -> None:
    target = Target(True, "hooks.example.com", 443, "/")
    assert choose_address(target, False, lambda _h, _p: ["10.0.0.1", "8.8.8.8"]) == "8.8.8.8"


@given(st.ip_addresses())
def test_no_address_is_public_that_the_standard_library_calls_private(address: Any) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(address)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for candidate in (text, f"https://{text}"):
        with suppress(BadAddress):
            assert read_target(candidate, False).is_secure


def test_without_encryption_only_this_machine_is_reached_and_only_where_it_is_allowed() -> None:
    assert read_target("http://127.0.0.1:8080/x?y=z", True).authority == "127.0.0.1:8080"
    for url, allowed in (
        ("http://127.0.0.1/", False),
        ("http://10.0.0.1/", True),
        ("http://a.example/", True),
    ):
        with pytest.raises(BadAddress, match=r"address\.not_https"):
            read_target(url, allowed)


def test_a_sealed_secret_opens_for_its_owner_under_its_key_alone() -> None:
    sealed = seal(KEYS, "p", b"secret", "whk_1", lambda count: b"n" * count)
    assert unseal(KEYS, "p", sealed, "whk_1") == b"secret"
    other = KeyRing.parse("t1:" + "A" * 43 + "=")
    for ring, purpose, text, owner in (
        (KEYS, "p", sealed, "whk_2"),
        (KEYS, "q", sealed, "whk_1"),
        (other, "p", sealed, "whk_1"),
        (KEYS, "p", sealed[:-4] + "AAAA", "whk_1"),
        (KEYS, "p", "t9:AAAA", "whk_1"),
        (KEYS, "p", "t1:AA", "whk_1"),
    ):
        with pytest.raises(CannotOpen):
            unseal(ring, purpose, text, owner)
