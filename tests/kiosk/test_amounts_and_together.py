"""Using a part of a credit, using several together, keeping a reservation longer and giving it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser
from tests.kiosk.scripted_store import ScriptedStore

MOST = factories.money("49.99")


def benefit(**changes: Any) -> wire.Benefit:
    values = {"kind": "instant_credit", "amount": factories.money("50.00"), "applied": MOST, "most": MOST}
    return wire.Benefit.model_validate({**values, **changes})


def answered(**changes: Any) -> wire.Visit:
    """A visit whose answer is a yes, with a phone in its order."""
    decision = factories.decision("yes", benefit=benefit(**changes))
    return factories.identified(decision=decision, order=factories.order())


BOTH = wire.Combination(
    vouchers=(
        wire.CombinedVoucher(
            voucher_id="vou_1", title=factories.words("$50 upgrade credit"), takes=factories.money("50.00")
        ),
        wire.CombinedVoucher(
            voucher_id="vou_2", title=factories.words("$20 thank-you credit"), takes=factories.money("20.00")
        ),
    ),
    saved=factories.money("70.00"),
    left_out=(
        wire.LeftOutVoucher(
            voucher_id="vou_3",
            title=factories.words("$30 welcome bonus"),
            why="excluded",
            by=(factories.words("$50 upgrade credit"),),
        ),
    ),
    reason=factories.words("No other way takes more off this order."),
)


def test_a_part_is_chosen_and_decided_anew(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = answered()
    assert 'href="/counter/amount"' in in_visit.get("/sheet").text
    assert "Up to $49.99 can be used" in in_visit.get("/amount").text
    assert in_visit.post("/amount", value="7.50").request.path == "/counter/sheet"
    sent = next(body for name, body, _ in store.asked if name == "POST /v1/decisions")
    assert sent["amount"] == {"amount": "7.50", "currency": "USD"}


@pytest.mark.parametrize("typed", ["", "0", "-1", "50.00", "1.005", "NaN", "1e1000", "ten", "9" * 400])
def test_what_is_no_part_of_it_is_told_beside_its_field(
    in_visit: Browser, store: ScriptedStore, typed: str
) -> None:
    store.visit = answered()
    answer = in_visit.post("/amount", value=typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert store.count("POST /v1/decisions") == 0


def test_all_of_it_can_be_used_again(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = answered(applied=factories.money("7.50"))
    assert "The rest stays yours." in in_visit.get("/confirm").text
    in_visit.post("/amount", all="all")
    sent = next(body for name, body, _ in store.asked if name == "POST /v1/decisions")
    assert sent["amount"] is None


@pytest.mark.parametrize("changes", [{"most": None}, {"most": factories.money("0.75")}])
def test_where_there_is_nothing_to_choose_nothing_is_asked(
    in_visit: Browser, store: ScriptedStore, changes: Any
) -> None:
    store.visit = answered(**changes)
    assert 'href="/counter/amount"' not in in_visit.get("/sheet").text
    assert in_visit.get("/amount").request.path == "/counter/sheet"


def test_several_vouchers_are_proposed_with_their_reason_and_reserved(
    in_visit: Browser, store: ScriptedStore
) -> None:
    store.visit = answered()
    store.answers["GET /v1/visits/vis_1/combination"] = BOTH
    assert "Use 2 vouchers together: $70.00 off" in in_visit.get("/sheet").text
    page = in_visit.get("/together").text
    for words in (
        "$70.00 off this order.",
        "No other way takes more",
        "Does not go with: $50 upgrade credit",
    ):
        assert words in page
    store.answers["POST /v1/visits/vis_1/combination"] = wire.CombinationHoldAnswer(
        holds=(factories.HOLD,), code=None, decision=store.visit.decision
    )
    assert in_visit.post("/together", follow=False).headers["Location"] == "/counter/reserved"


def test_where_it_could_not_be_reserved_the_sheet_says_why(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = answered()
    store.answers["GET /v1/visits/vis_1/combination"] = BOTH
    store.answers["POST /v1/visits/vis_1/combination"] = wire.CombinationHoldAnswer(
        holds=(), code="campaign.paused", decision=store.visit.decision
    )
    assert "notice=sheet.not_reserved" in in_visit.post("/together", follow=False).headers["Location"]


def reserved(*amounts: str) -> wire.Visit:
    """A visit with so many vouchers reserved for its order."""
    vouchers = tuple(
        wire.OrderVoucher(
            voucher_id=f"vou_{number}",
            title=factories.words(f"Voucher {number}"),
            amount=factories.money(amount),
            hold_id=f"hol_{number}",
            expires_at=factories.HOLD.expires_at,
        )
        for number, amount in enumerate(amounts, 1)
    )
    order = factories.order(vouchers=vouchers)
    return factories.identified(decision=factories.decision("yes"), order=order, hold=factories.HOLD)


def test_a_reservation_is_kept_longer_and_given_back_whole(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = reserved("50.00", "20.00")
    page = in_visit.get("/reserved").text
    assert "Voucher 1" in page
    assert "Keep it longer" in page
    for path in ("extend", "release"):
        for number in (1, 2):
            store.answers[f"POST /v1/holds/hol_{number}/{path}"] = factories.HOLD
    in_visit.post("/keep-longer")
    assert store.count("POST /v1/holds/hol_1/extend") == 1
    in_visit.post("/give-back")
    assert [store.count(f"POST /v1/holds/hol_{number}/release") for number in (1, 2)] == [1, 1]


def test_a_reservation_that_cannot_be_kept_longer_does_not_offer_it(
    in_visit: Browser, store: ScriptedStore
) -> None:
    hold = factories.HOLD.model_copy(update={"longest_until": factories.HOLD.expires_at})
    store.visit = reserved("50.00").model_copy(update={"hold": hold})
    assert "Keep it longer" not in in_visit.get("/reserved").text


def test_the_last_page_tells_the_sum_of_several_and_what_is_left_of_a_part(
    in_visit: Browser, store: ScriptedStore
) -> None:
    store.visit = reserved("50.00", "20.00").model_copy(update={"redemption": factories.REDEMPTION})
    assert "$70.00 came off your order, with 2 vouchers." in in_visit.get("/done").text
    part = factories.REDEMPTION.model_copy(
        update={"amount": factories.money("7.50"), "balance": factories.money("42.50")}
    )
    store.visit = answered(applied=factories.money("7.50")).model_copy(update={"redemption": part})
    assert "$42.50 is left for another day." in in_visit.get("/done").text
    assert Decimal("7.50") + Decimal("42.50") == 50
