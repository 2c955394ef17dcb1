"""Policies over the API and in the book: public words, versions that never change."""

from __future__ import annotations

import datetime as dt

import pytest

from store_api.demo.service import POLICIES
from store_api.errors import Conflict
from store_api.policies import service
from store_api.policy.errors import PolicyErrors
from tests.store_api.clients import Client
from tests.store_api.factories import NOW
from tests.store_api.story import Story, body_of

CREDIT = "upgrade-credit-50"
TEXT = (POLICIES / "upgrade-credit-50-v3.yaml").read_text(encoding="utf-8")


def test_anybody_may_read_the_policies_in_force_and_no_older_ones(story: Story) -> None:
    listed = body_of(Client(story.app, None).get("/v1/policies"))["policies"]
    titles = [policy["title"]["en"] for policy in listed]
    assert titles == sorted(titles)
    credit = next(policy for policy in listed if policy["policy"] == CREDIT)
    assert (credit["version"], credit["binds_to_issue"]) == (3, True)
    assert credit["summary"] == {
        "en": "$50.00 off your order in the store.",
        "es": "$50.00 menos en su pedido en la tienda.",
    }
    assert credit["terms"][1]["en"] == "Renew the service agreement for at least 24 months."
    assert credit["not_required"][0]["en"] == "A change of plan."


def test_an_older_version_can_still_be_read(story: Story) -> None:
    nobody = Client(story.app, None)
    older = body_of(nobody.get(f"/v1/policies/{CREDIT}/versions/2"))
    assert older["effective_until"] == "2025-01-01"
    for path in (f"/v1/policies/{CREDIT}/versions/9", "/v1/policies/none/versions/1"):
        assert nobody.get(path).status_code == 404
    assert nobody.get(f"/v1/policies/{CREDIT}/versions/0").status_code == 422


def test_a_version_is_loaded_once_and_never_changed(story: Story) -> None:
    catalogue = service.read_catalogue()
    other = TEXT.replace("at_least: 24", "at_least: 12")
    with story.database.transaction() as session:
        assert not service.load_version(session, TEXT, "v3.yaml", catalogue, NOW)
        assert not service.load_version(session, f"# a note\n{TEXT}", "v3.yaml", catalogue, NOW)
        with pytest.raises(Conflict, match=r"policy\.version_exists"):
            service.load_version(session, other, "v3.yaml", catalogue, NOW)


def test_versions_that_overlap_are_refused(story: Story) -> None:
    text = TEXT.replace("version: 3", "version: 4").replace("from: 2025-01-01", "from: 2026-01-01")
    with story.database.transaction() as session, pytest.raises(PolicyErrors, match="overlaps"):
        service.load_version(session, text, "v4.yaml", service.read_catalogue(), NOW)


def test_a_voucher_stands_under_the_version_in_force_when_it_was_issued(story: Story) -> None:
    with story.database.reading() as session:
        book = service.open_book(session)
    today = NOW.date()
    versions = [book.for_voucher(CREDIT, dt.date(year, 6, 1), today) for year in (2022, 2024, 2026)]
    assert [version.version if version else None for version in versions] == [1, 2, 3]
    assert book.for_voucher("no-such-policy", today, today) is None
    assert book.title("no-such-policy") == {"en": "no-such-policy", "es": "no-such-policy"}


def test_only_upgrades_by_right_are_asked_without_a_voucher(story: Story) -> None:
    with story.database.reading() as session:
        upgrades = service.open_book(session).upgrades(NOW.date())
    assert [version.policy for version in upgrades] == ["device-upgrade"]
