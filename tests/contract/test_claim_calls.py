"""Claims and public pages come back as values, in this process and over HTTP alike."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

from kiosk.errors import StoreRefused
from kiosk.store_client import StoreClient
from store_api import contract as wire
from tests.contract.demo_store import DemoStore
from tests.contract.test_store_client import ask_credit, identify, key


def test_a_claim_is_checked_listed_and_counted(
    kiosk: StoreClient, rep: StoreClient, http: httpx.Client, demo_store: DemoStore
) -> None:
    visit = identify(kiosk, demo_store, "Maya")
    decision = ask_credit(kiosk, visit, "orbit-5-128", 24)
    request = wire.ClaimRequest(visit_id=visit.visit_id, claim="longer-agreement", months=36)
    name = key()
    answer = kiosk.check_claim(request, name)
    assert (answer.result, answer.terms_code) == ("not_required", decision.terms_code)
    assert kiosk.check_claim(request, name) == answer
    assert rep.claims(visit.visit_id).answers == (answer,)
    alex = demo_store.staff("Alex")
    tablet = StoreClient(http, demo_store.token("tablet-1"))
    manager = StoreClient(http, tablet.sign_in(alex["staff_number"], alex["pin"]).token or "")
    today = dt.datetime.now(dt.UTC).date()
    found = manager.claim_counts(since=today - dt.timedelta(days=7), until=today, policy=answer.policy)
    assert [each.count for each in found.counts if each.term == "renew-agreement"]


def test_a_policy_s_page_needs_no_token(http: httpx.Client) -> None:
    nobody = StoreClient(http, "")
    page = nobody.policy_page("upgrade-credit-50")
    assert page.text.version == 3
    assert page.changes is not None
    assert nobody.policy_page("upgrade-credit-50", 1).changes is None
    with pytest.raises(StoreRefused):
        nobody.policy_page("no-such-policy")
