"""A fact that could not be had: the sheet offers to ask again, and only then."""

from __future__ import annotations

import pytest

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser
from tests.kiosk.scripted_store import ScriptedStore


def missing(reason: str | None) -> wire.Decision:
    """A decision that lacks a fact of billing."""
    fact = wire.Unavailable.model_validate(
        {"fact": "account.past_due", "source": "billing", "label": {"en": "Past due", "es": "Vencido"},
         "reason": reason}
    )  # fmt: skip
    return factories.decision("question", outcome="undecided", questions=(), unavailable=(fact,))


@pytest.mark.parametrize(
    ("reason", "offers"), [("unreachable", True), ("too_old", True), ("not_recorded", False), (None, False)]
)
def test_asking_again_is_offered_where_it_can_help(
    in_visit: Browser, store: ScriptedStore, reason: str | None, offers: bool
) -> None:
    store.visit = factories.identified(decision=missing(reason))
    assert ("Ask our records again" in in_visit.get("/sheet").text) is offers


def test_asking_again_decides_on_the_same_thing_anew(in_visit: Browser, store: ScriptedStore) -> None:
    store.visit = factories.identified(decision=missing("unreachable"))
    in_visit.get("/sheet")
    in_visit.post("/ask", voucher=store.visit.decision.voucher_id or "", attempt="one")
    in_visit.get("/sheet")
    in_visit.post("/ask", voucher=store.visit.decision.voucher_id or "", attempt="two")
    assert store.count("POST /v1/decisions") == 2
    assert len(store.keys("POST /v1/decisions")) == 2


@pytest.mark.parametrize("path", ["/who"])
def test_a_directory_that_cannot_be_asked_is_not_called_a_wrong_pin(
    counter: Browser, store: ScriptedStore, path: str
) -> None:
    counter.get(path)
    counter.post(path, telephone="212 555 0142")
    store.answers["POST /v1/visits/vis_1/identity"] = wire.IdentityAnswer(
        checked=False, code="identity.unreachable", locked_until=None, visit=factories.visit()
    )
    page = counter.post(path, telephone="212 555 0142", pin="2468")
    assert page.status_code == 422
    assert "We could not ask our records just now" in page.text
    assert "do not belong together" not in page.text
