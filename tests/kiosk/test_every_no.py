"""Every code for "no" has a screen in both languages, and every screen has a way on."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from kiosk.counter.entry import no_page
from kiosk.words import LANGUAGES, catalogue
from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser
from tests.kiosk.scripted_store import ScriptedStore

CODES = (
    "voucher.not_found", "voucher.already_redeemed", "voucher.expired", "voucher.not_yet_valid",
    "voucher.void", "voucher.held_elsewhere", "voucher.belongs_to_another", "voucher.not_in_this_store",
    "voucher.not_on_this_channel", "voucher.other_currency",
    "campaign.paused", "campaign.budget_spent", "campaign.limit_reached", "combination.excluded",
    "policy.none_in_force", "policy.stopped", "identity.not_checked",
    "identity.wrong", "identity.locked", "identity.locked_here", "identity.locked_everywhere",
    "consent.missing", "account.locked",
    "terms.changed", "code.unreadable", "code.wrong_check", "code.not_a_voucher", "store.offline_limit",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_a_code_without_a_sheet_has_words_and_a_way_on(app: Flask, code: str, language: str) -> None:
    with app.test_request_context("/counter/scan"):
        from flask import g

        g.language = language
        page = no_page(code).get_data(as_text=True)
    words = catalogue()
    assert f"<title>{words[f'no.{code}.title'][language]}" in page
    assert words[f"no.{code}.text"][language] in page
    assert len(re.findall(r'<a class="button[^"]*" href="/counter/', page)) >= 2


@pytest.mark.parametrize("code", [code for code in CODES if not code.startswith(("code.", "identity."))])
def test_a_code_with_a_sheet_shows_the_sheet_of_the_service(
    in_visit: Browser, store: ScriptedStore, code: str
) -> None:
    store.visit = factories.identified(decision=factories.decision("no", codes=(code,)))
    page = in_visit.get("/now").text
    assert "No. This voucher was used." in page
    assert "Reserve it" not in page
    assert 'data-tone="no"' in page


@pytest.mark.parametrize(
    "code", ["code.unreadable", "code.wrong_check", "code.not_a_voucher", "voucher.not_found"]
)
def test_a_scan_that_is_no_voucher_shows_why_and_what_to_do(
    counter: Browser, store: ScriptedStore, code: str
) -> None:
    sheet = factories.sheet("no")
    store.answers["POST /v1/visits/vis_1/voucher-code"] = wire.VoucherAnswer(
        code=code, policy=None, sheets={"en": sheet, "es": sheet}, visit=factories.visit()
    )
    counter.get("/scan")
    page = counter.post("/scan", source="scanner", code="4006381333931").text
    assert sheet.lines[0].text in page
    assert 'href="/counter/who"' in page


@pytest.mark.parametrize(
    "text",
    ["", "x", "A" * 10_000, "\x00\x1b\r\n\t", "javascript:alert(1)", "]Q3RQG8E9STRREMB", "РQG8", "\u202eABC"],
)
def test_scanner_text_of_any_kind_is_data(counter: Browser, store: ScriptedStore, text: str) -> None:
    store.answers["POST /v1/visits/vis_1/voucher-code"] = wire.VoucherAnswer(
        code="code.unreadable", policy=None, sheets=None, visit=factories.visit()
    )
    counter.get("/scan")
    answer = counter.post("/scan", source="scanner", code=text)
    assert answer.status_code in (200, 422)
    sent = [body["code"] for name, body, _ in store.asked if name.endswith("voucher-code")]
    assert all(len(code) <= 512 and code.isprintable() for code in sent)
