"""The client and the service understand each other, in one process and over HTTP alike."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest

from kiosk.errors import SignInNeeded, StoreRefused
from kiosk.store_client import ClosedConnection, StoreClient
from store_api import contract as wire
from tests.contract.demo_store import DemoStore


def key() -> str:
    return uuid.uuid4().hex


def identify(client: StoreClient, store: DemoStore, name: str) -> wire.Visit:
    person = store.person(name)
    visit = client.open_visit("en", key())
    answer = client.check_identity(visit.visit_id, person["telephone"], person["pin"], key())
    assert answer.checked
    return answer.visit


def ask_credit(client: StoreClient, visit: wire.Visit, sku: str, months: int) -> wire.Decision:
    """Ask about the account's upgrade credit for a phone and a length of agreement."""
    vouchers = client.choices(visit.visit_id).vouchers
    voucher = next(each for each in vouchers if each.policy == "upgrade-credit-50")
    client.answer(visit.visit_id, wire.Answers(sku=sku), key())
    client.answer(visit.visit_id, wire.Answers(facts={"order.agreement_months": months}), key())
    request = wire.DecisionRequest(visit_id=visit.visit_id, voucher_id=voucher.voucher_id)
    return client.decide(request, key())


def test_the_store_its_prices_and_its_policies_come_back_as_values(kiosk: StoreClient) -> None:
    assert kiosk.store().name == "Maple St store"
    prices = {device.sku: device.price.amount for device in kiosk.price_list().devices}
    assert prices["orbit-5-128"] == Decimal("49.99")
    credit = next(p for p in kiosk.policies().policies if p.policy == "upgrade-credit-50")
    assert kiosk.policy(credit.policy, credit.version) == credit


def test_a_code_shows_public_terms_and_nothing_of_a_person(kiosk: StoreClient, demo_store: DemoStore) -> None:
    visit = kiosk.open_visit("es", key())
    code = wire.VoucherCode(code=demo_store.code("family-credit"))
    answer = kiosk.read_voucher_code(visit.visit_id, code, key())
    assert answer.code is None
    assert answer.policy is not None
    assert answer.policy.policy == "upgrade-credit-50"
    assert (answer.visit.person, answer.visit.decision, answer.visit.language) == (None, None, "es")


def test_a_code_with_a_wrong_check_character_is_a_no_and_not_an_error(
    kiosk: StoreClient, demo_store: DemoStore
) -> None:
    visit = kiosk.open_visit("en", key())
    right = demo_store.code("family-credit")
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    answer = kiosk.read_voucher_code(visit.visit_id, wire.VoucherCode(code=wrong), key())
    assert answer.code == "code.wrong_check"
    assert answer.sheets is not None


def test_a_wrong_pin_answers_as_an_unknown_number_does(kiosk: StoreClient, demo_store: DemoStore) -> None:
    visit = kiosk.open_visit("en", key())
    known = demo_store.person("Maya")["telephone"]
    wrong = kiosk.check_identity(visit.visit_id, known, "0000", key())
    unknown = kiosk.check_identity(visit.visit_id, "+12125550199", "0000", key())
    assert (wrong.checked, wrong.code) == (unknown.checked, unknown.code) == (False, "identity.wrong")


def test_choices_before_the_identity_check_are_refused(kiosk: StoreClient) -> None:
    visit = kiosk.open_visit("en", key())
    with pytest.raises(StoreRefused) as refused:
        kiosk.choices(visit.visit_id)
    assert refused.value.code == "identity.not_checked"


def use_thank_you(kiosk: StoreClient, rep: StoreClient, visit: wire.Visit) -> wire.RedemptionAnswer:
    """Ask about the account's thank-you credit, reserve it, and have the order confirmed."""
    voucher = kiosk.choices(visit.visit_id).vouchers[0]
    kiosk.answer(visit.visit_id, wire.Answers(sku="orbit-5-128"), key())
    request = wire.DecisionRequest(visit_id=visit.visit_id, voucher_id=voucher.voucher_id)
    held = kiosk.hold(kiosk.decide(request, key()).decision_id, key())
    assert held.decision.order_id is not None
    assert rep.visit(visit.visit_id).decision == held.decision
    return rep.confirm_order(held.decision.order_id, key())


def test_a_credit_is_decided_reserved_confirmed_and_used_once(
    kiosk: StoreClient, rep: StoreClient, demo_store: DemoStore
) -> None:
    # One person for each connection: the store is the same for both.
    name = "Nora" if isinstance(kiosk.http._transport, ClosedConnection) else "Omar"
    used = use_thank_you(kiosk, rep, identify(kiosk, demo_store, name))
    assert used.redemption is not None
    assert used.redemption.terms_code == used.decision.terms_code
    again = use_thank_you(kiosk, rep, identify(kiosk, demo_store, name))
    assert (again.redemption, again.code) == (None, "voucher.already_redeemed")


def test_an_answer_is_laid_over_the_earlier_ones_and_null_takes_one_back(
    kiosk: StoreClient, demo_store: DemoStore
) -> None:
    visit = identify(kiosk, demo_store, "Maya")
    ask_credit(kiosk, visit, "orbit-5-128", 12)
    facts: dict[str, wire.FactValue] = {"order.agreement_months": None}
    order = kiosk.answer(visit.visit_id, wire.Answers(facts=facts), key()).order
    assert order is not None
    assert [item.sku for item in order.items] == ["orbit-5-128"]
    assert order.agreement_months is None
    order = kiosk.answer(visit.visit_id, wire.Answers(sku=None), key()).order
    assert order is not None
    assert order.items == ()


def test_an_owner_gives_a_line_leave_and_takes_it_back(kiosk: StoreClient, demo_store: DemoStore) -> None:
    visit = identify(kiosk, demo_store, "Grace")
    assert kiosk.choices(visit.visit_id).can_allow_lines
    tom = kiosk.consents(visit.visit_id).consents[0]
    assert (tom.line.label, tom.allowed) == ("Tom", False)
    given = kiosk.set_consent(visit.visit_id, tom.line.line_id, True, key())
    assert given.everything
    assert kiosk.consents(visit.visit_id).consents == (given,)
    assert kiosk.set_consent(visit.visit_id, tom.line.line_id, False, key()) == tom


def test_nobody_but_an_owner_gives_leave(kiosk: StoreClient, demo_store: DemoStore) -> None:
    visit = identify(kiosk, demo_store, "Maya")
    with pytest.raises(StoreRefused) as refused:
        kiosk.consents(visit.visit_id)
    assert refused.value.code == "consent.not_owner"


def test_a_hold_can_be_given_back(kiosk: StoreClient, rep: StoreClient, demo_store: DemoStore) -> None:
    visit = identify(kiosk, demo_store, "Maya")
    held = kiosk.hold(ask_credit(kiosk, visit, "orbit-5-128", 24).decision_id, key())
    assert held.hold is not None
    assert rep.release(held.hold.hold_id, key()).state == "released"


def test_the_same_key_gives_the_same_answer_and_does_nothing_twice(
    kiosk: StoreClient, rep: StoreClient
) -> None:
    before = len(rep.open_visits().visits)
    once = key()
    assert kiosk.open_visit("en", once) == kiosk.open_visit("en", once)
    assert len(rep.open_visits().visits) == before + 1


def test_a_key_can_be_settled_and_an_unknown_one_is_unknown(kiosk: StoreClient) -> None:
    once = key()
    visit = kiosk.open_visit("en", once)
    settled = kiosk.key_state(once)
    assert settled.state == "settled"
    assert settled.answer["visit_id"] == visit.visit_id
    assert kiosk.key_state(key()).state == "unknown"


def test_a_key_that_was_closed_does_nothing_any_more_and_a_used_one_keeps_its_answer(
    kiosk: StoreClient, rep: StoreClient
) -> None:
    before, late, used = len(rep.open_visits().visits), key(), key()
    assert kiosk.close_key(late).state == "closed"
    with pytest.raises(StoreRefused) as refused:
        kiosk.open_visit("en", late)
    assert refused.value.code == "idempotency.key_closed"
    visit = kiosk.open_visit("en", used)
    assert kiosk.close_key(used).answer["visit_id"] == visit.visit_id
    assert len(rep.open_visits().visits) == before + 1


def test_the_language_of_a_visit_can_change(kiosk: StoreClient) -> None:
    visit = kiosk.open_visit("en", key())
    assert kiosk.set_language(visit.visit_id, "es", key()).language == "es"


def test_a_closed_visit_shows_nothing_of_its_person(kiosk: StoreClient, demo_store: DemoStore) -> None:
    visit = identify(kiosk, demo_store, "Maya")
    kiosk.close_visit(visit.visit_id, "left", key())
    after = kiosk.visit(visit.visit_id)
    assert (after.state, after.person, after.line, after.order) == ("closed", None, None, None)


def test_a_rep_who_saw_a_photo_id_identifies_the_person(
    kiosk: StoreClient, rep: StoreClient, demo_store: DemoStore
) -> None:
    visit = kiosk.open_visit("en", key())
    answer = rep.photo_id_seen(visit.visit_id, demo_store.person("Maya")["telephone"], key())
    assert answer.checked
    assert answer.visit.identity == "photo_id_seen"


def test_a_wrong_staff_pin_opens_no_session(kiosk: StoreClient, demo_store: DemoStore) -> None:
    tablet = StoreClient(kiosk.http, demo_store.token("tablet-1"))
    session = tablet.sign_in(demo_store.staff("Jordan")["staff_number"], "0000")
    assert (session.token, session.code) == (None, "identity.wrong")


def test_a_session_that_was_ended_is_no_longer_accepted(rep: StoreClient) -> None:
    rep.sign_out()
    with pytest.raises(SignInNeeded):
        rep.open_visits()


def test_terms_are_public_by_their_code_and_hold_nothing_of_a_person(
    kiosk: StoreClient, demo_store: DemoStore
) -> None:
    decision = ask_credit(kiosk, identify(kiosk, demo_store, "Maya"), "orbit-5-128", 24)
    public = StoreClient(kiosk.http, "").terms(decision.terms_code)
    assert public.policy is not None
    assert public.sheets is None
    assert decision.terms_url == f"http://terms.example/t/{decision.terms_code}"


def test_events_tell_of_a_change_and_resume_after_a_number(kiosk: StoreClient, rep: StoreClient) -> None:
    first = kiosk.open_visit("en", key())
    second = kiosk.open_visit("en", key())
    everything = kiosk.events(after=0)
    mine: list[wire.VisitEvent] = []
    for event in everything:
        if event is not None and event.visit_id in (first.visit_id, second.visit_id):
            mine.append(event)
        if len(mine) == 2:
            break
    everything.close()  # type: ignore[attr-defined]  # a generator
    assert [event.visit_id for event in mine] == [first.visit_id, second.visit_id]
    resumed = rep.events(after=mine[0].event_id)
    assert next(event for event in resumed if event is not None) == mine[1]
    resumed.close()  # type: ignore[attr-defined]  # a generator
