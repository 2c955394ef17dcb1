"""The sheet: every term once, the same lines in every language, the words that were promised."""
# ruff: noqa: E501 - one case a line reads best

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from store_api.policy.decide import Decision, decide, with_codes
from store_api.policy.document import read_policy_file
from store_api.policy.facts import Money, question_in_words
from store_api.policy.phrases import PHRASES
from store_api.policy.refusals import REFUSALS
from store_api.policy.sheet import CODES, Occasion, Sheet, WaivedBy, make_sheet, say
from store_api.policy.vocabulary import WAIVER_ROLES
from tests.policy.documents import (
    DEMO,
    SEEDS,
    TODAY,
    Inventor,
    catalogue,
    document,
    policy_of,
    term,
    version_of,
)

STORY = {
    "voucher.issued_on": "2026-03-04",
    "order.device_category": "phone",
    "order.agreement_months": 24,
    "line.last_upgrade_on": "2024-09-03",
    "order.device_price": "49.99 USD",
}
CODES_WRITTEN_DOWN = [
    "voucher.not_found",
    "voucher.already_redeemed",
    "voucher.expired",
    "voucher.not_yet_valid",
    "voucher.void",
    "voucher.held_elsewhere",
    "voucher.belongs_to_another",
    "voucher.not_in_this_store",
    "voucher.not_on_this_channel",
    "voucher.other_currency",
    "campaign.paused",
    "campaign.budget_spent",
    "campaign.limit_reached",
    "combination.excluded",
    "policy.none_in_force",
    "policy.stopped",
    "identity.not_checked",
    "consent.missing",
    "account.locked",
    "terms.changed",
    "code.unreadable",
    "code.wrong_check",
    "code.not_a_voucher",
    "store.offline_limit",
]


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def story(
    file: str = "upgrade-credit-50-v3.yaml", facts: dict[str, Any] | None = None, **more: Any
) -> Decision:
    version = read_policy_file(DEMO / file, catalogue())
    return decide(version, catalogue(), STORY if facts is None else facts, TODAY, **more)


def lines(sheet: Sheet, *kinds: str) -> list[tuple[str, str | None]]:
    return [(line.text, line.mark) for line in sheet.lines if line.kind in kinds]


def texts(sheet: Sheet) -> list[str]:
    return [line.text for line in sheet.lines]


def test_the_story_reads_as_it_was_promised() -> None:
    occasion = Occasion(terms_code="7F3K9-2QDXA", device_label="Orbit 5, 128 GB")
    sheet = make_sheet(story(), catalogue(), "en", occasion)
    assert (sheet.tone, sheet.verdict, sheet.terms_code) == (
        "yes",
        "Yes. $49.99 off this phone.",
        "7F3K9-2QDXA",
    )
    assert lines(sheet, "term", "detail") == [
        ("Buy a new phone on this line.", "Met"),
        ("Orbit 5, 128 GB", None),
        ("Renew the service agreement for at least 24 months.", "Met"),
        ("24 months chosen. Your agreement would run to 21 November 2028.", None),
        ("At least 24 months since this line's last upgrade.", "Met"),
        ("3 September 2024, 26 months ago", None),
    ]
    assert lines(sheet, "free")[:2] == [
        ("A change of plan.", "Not required"),
        ("The paper voucher.", "Not required"),
    ]
    assert lines(sheet, "agrees") == [("Your agreement runs for 24 months from today.", None)]
    assert lines(sheet, "item", "credit", "total", "after") == [
        ("Orbit 5, 128 GB", "$49.99"),
        ("$50 upgrade credit", "\u2212$49.99"),
        ("Left to pay", "$0.00"),
        ("Stays on your account", "$0.01"),
    ]
    assert lines(sheet, "code", "reason") == [
        ("Terms", "7F3K9-2QDXA"),
        ("$50 upgrade credit, version 3: in force when your voucher was issued on 4 March 2026.", None),
        ("The same on every screen and on your receipt.", None),
    ]


def test_a_no_that_waiting_turns_names_the_day_and_the_way() -> None:
    decision = story(facts={**STORY, "line.last_upgrade_on": "2025-03-14"}, ends=date(2027, 12, 31))
    sheet = make_sheet(decision, catalogue(), "en")
    assert (sheet.tone, sheet.verdict) == ("not_yet", "Not yet. From 14 March 2027.")
    assert lines(sheet, "note") == [
        ("If nothing else changes.", None),
        ("This voucher is good until 31 December 2027.", None),
    ]
    assert lines(sheet, "way") == [
        ("Met from 14 March 2027.", None),
        ("Nothing you pay or add changes this.", None),
        ("The store manager may make an exception.", None),
    ]
    assert lines(sheet, "item", "credit", "agrees") == []


def test_a_voucher_that_ends_before_its_day_says_so() -> None:
    decision = story(facts={**STORY, "line.last_upgrade_on": "2025-03-14"}, ends=date(2027, 3, 4))
    sheet = make_sheet(decision, catalogue(), "en")
    assert sheet.tone == "no"
    told = " ".join(texts(sheet))
    assert "14 March 2027" in told
    assert "This voucher ends on 4 March 2027, before that date." in told


def test_a_yes_says_how_long_it_holds() -> None:
    sheet = make_sheet(story(ends=date(2026, 12, 31)), catalogue(), "en")
    assert ("It holds until 31 December 2026.", None) in lines(sheet, "note")
    today = make_sheet(story(ends=TODAY), catalogue(), "en")
    assert ("It holds today only.", None) in lines(today, "note")


def test_open_questions_come_first_and_promise_nothing() -> None:
    facts = {key: value for key, value in STORY.items() if key != "order.agreement_months"}
    sheet = make_sheet(story(facts=facts), catalogue(), "en")
    assert (sheet.tone, sheet.verdict) == ("question", "One question first.")
    assert lines(sheet, "question") == [("For how many months?", None)]
    assert lines(sheet, "agrees", "item") == []


def test_spanish_is_spanish_with_the_same_numbers() -> None:
    sheet = make_sheet(story(), catalogue(), "es", Occasion(terms_code="7F3K9-2QDXA"))
    assert sheet.verdict == "Sí. $49.99 menos en este teléfono."
    assert "Renueve el contrato por al menos 24 meses." in texts(sheet)
    assert "24 meses elegidos. Su contrato iría hasta el 21 de noviembre de 2028." in texts(sheet)
    assert ("Condiciones", "7F3K9-2QDXA") in lines(sheet, "code")


def test_an_unmet_term_in_a_met_any_is_not_needed() -> None:
    paper = term("paper", "presentation.paper", "is", True, "Bring it on paper.")
    phone = term("phone", "order.device_category", "is", "phone", "Buy a phone.")
    version = version_of(document({"any": [paper, {"all": [phone]}]}))
    sheet = make_sheet(decide(version, catalogue(), {"presentation.paper": True}, TODAY), catalogue(), "en")
    assert lines(sheet, "group") == [("One of these is enough.", None)]
    assert lines(sheet, "term") == [
        ("Bring it on paper.", "Met"),
        ("Buy a phone.", "Not needed: another way is met."),
    ]


def test_a_better_tier_is_told_and_said_not_to_be_needed() -> None:
    facts = {"account.opened_on": "2019-02-01", "order.device_category": "phone", "order.agreement_months": 0}
    sheet = make_sheet(story("loyalty-credit-v1.yaml", facts), catalogue(), "en")
    assert ("For $100.00 instead of $25.00", None) in lines(sheet, "heading")
    assert ("Only the larger credit needs this. Your $25.00 does not.", None) in lines(sheet, "note")
    assert ("No renewal chosen.", None) in lines(sheet, "detail")


def test_bill_credits_tell_parts_sum_start_and_what_stops_them() -> None:
    facts = {
        "order.device_category": "phone",
        "order.trade_in_condition": "good",
        "order.agreement_months": 24,
    }
    sheet = make_sheet(story("trade-in-bill-credit-v1.yaml", facts), catalogue(), "en")
    assert sheet.verdict == "Yes. $250.00 back on your bills."
    assert lines(sheet, "credit", "total") == [
        ("16 bills, each", "\u2212$10.42"),
        ("8 bills, each", "\u2212$10.41"),
        ("In all", "$250.00"),
    ]
    assert "The first credit is on one of your next 2 bills." in texts(sheet)
    assert "Your plan costs less than $30.00 a month." in texts(sheet)


def test_a_credit_without_a_device_is_used_on_the_order() -> None:
    facts = {"voucher.issued_on": "2026-05-01", "account.past_due_30_days": "0 USD"}
    decision = story("wireline-thank-you-20-v1.yaml", facts)
    occasion = Occasion(order=(("Charger", usd("14.99")), ("Cable", usd("3.00"))), before_tax=False)
    sheet = make_sheet(decision, catalogue(), "en", occasion)
    assert sheet.verdict == "Yes. $17.99 off this order."
    assert lines(sheet, "total", "after") == [("Left to pay", "$0.00"), ("Stays on your account", "$2.01")]
    assert ("Your order, with tax and fees", None) in lines(sheet, "heading")
    assert make_sheet(decision, catalogue(), "en").verdict == "Yes. Up to $20.00 off this order."


def test_waived_stale_and_unfetched_facts_are_told() -> None:
    facts = {**STORY, "line.last_upgrade_on": "2025-03-14"}
    decision = story(facts=facts, waivers=frozenset({"since-last-upgrade"}))
    occasion = Occasion(
        waivers={"since-last-upgrade": WaivedBy("store_manager", "device failed")},
        as_of={"line.last_upgrade_on": datetime(2026, 11, 21, 10, 42)},  # noqa: DTZ001 - the store's own clock
    )
    told = texts(make_sheet(decision, catalogue(), "en", occasion))
    assert "Waived by the store manager: device failed." in told
    assert "14 March 2025, 20 months ago, as of 10:42" in told
    missing = story(facts={key: value for key, value in STORY.items() if key != "line.last_upgrade_on"})
    unfetched = Occasion(unfetched={"line.last_upgrade_on": "unreachable"})
    sheet = make_sheet(missing, catalogue(), "en", unfetched)
    assert sheet.verdict == "We cannot tell yet."
    assert "We could not reach our records for this. Nothing is lost; it is tried again." in texts(sheet)


def test_every_code_that_is_written_down_has_a_sheet_in_both_languages() -> None:
    assert set(CODES) == set(CODES_WRITTEN_DOWN)
    for code in CODES:
        pair = [make_sheet(None, catalogue(), language, Occasion(code=code)) for language in ("en", "es")]
        assert [line.kind for line in pair[0].lines] == [line.kind for line in pair[1].lines]
        assert all(sheet.tone == "no" and len(sheet.lines) == 4 for sheet in pair)
        assert set(texts(pair[0])).isdisjoint(texts(pair[1]))


def test_a_code_outside_the_terms_is_told_first_and_the_terms_follow() -> None:
    sheet = make_sheet(story(), catalogue(), "en", Occasion(code="consent.missing"))
    assert (sheet.tone, sheet.verdict) == ("no", "Not without the account owner's leave.")
    assert "Apart from this, the written terms say: Yes. $49.99 off this phone." in texts(sheet)
    assert ("Buy a new phone on this line.", "Met") in lines(sheet, "term")
    sealed = with_codes(story(), ("consent.missing",), catalogue())
    again = make_sheet(sealed, catalogue(), "en")
    assert again.verdict == sheet.verdict
    assert "Apart from this, the written terms say: Everything this credit asks for is met." in texts(again)


@pytest.mark.parametrize(
    ("code", "details", "told"),
    [
        ("voucher.already_redeemed", {"on": date(2026, 10, 2), "store": "Maple St"}, "It was used on 2 October 2026 at Maple St."),
        ("voucher.already_redeemed", {}, "A voucher can be used once."),
        ("voucher.expired", {"on": date(2026, 10, 2)}, "Its last day was 2 October 2026."),
        ("code.not_a_voucher", {"what": "imei"}, "This is a device's own number (IMEI)."),
        ("code.not_a_voucher", {"what": "banana"}, "This code is something else."),
    ],
)  # fmt: skip
def test_a_codes_details_are_told_where_they_may_be_known(
    code: str, details: dict[str, Any], told: str
) -> None:
    sheet = make_sheet(None, catalogue(), "en", Occasion(code=code, details=details))
    assert sheet.lines[1].text == told


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_every_term_stands_once_and_both_languages_have_the_same_lines(seed: int) -> None:
    make = Inventor(seed)
    decision = decide(
        policy_of(*make.history()), catalogue(), make.facts(), TODAY, ends=make.pick(None, TODAY)
    )
    pair = [
        make_sheet(decision, catalogue(), language, Occasion(terms_code="A")) for language in ("en", "es")
    ]
    shapes = [
        [(line.kind, line.status, line.depth, line.mark is None) for line in sheet.lines] for sheet in pair
    ]
    assert shapes[0] == shapes[1]
    for sheet in pair:
        assert sum(line.kind == "term" for line in sheet.lines) == len(decision.terms)
        assert sum(line.kind == "free" for line in sheet.lines) == len(decision.not_required)
        assert sum(line.kind == "verdict" for line in sheet.lines) == 1
        assert sheet.lines[0].kind == "verdict"
        assert all(line.text and line.text.isprintable() and "{" not in line.text for line in sheet.lines)
        assert not any("!" in line.text or "¡" in line.text for line in sheet.lines)
        assert sheet.lines[0].text in say(decision, catalogue(), sheet.language)


def test_the_sheets_own_words_exist_in_both_languages_with_the_same_gaps() -> None:
    import re

    assert set(PHRASES["en"]) == set(PHRASES["es"])
    for key, english in PHRASES["en"].items():
        gaps = [set(re.findall(r"\{(\w+)\}", text)) for text in (english, PHRASES["es"][key])]
        assert gaps[0] == gaps[1], key
    assert set(REFUSALS["en"]) == set(REFUSALS["es"])


def test_a_question_page_has_labels_in_words_and_a_plain_option_without_them() -> None:
    asked = question_in_words(catalogue().facts["order.device_category"], "es")
    assert (asked.ask, asked.options[0].value, asked.options[0].label) == (
        "¿Qué desea comprar?",
        "phone",
        "teléfono",
    )
    months = question_in_words(catalogue().facts["order.agreement_months"], "en")
    assert (months.ask, months.type, months.unit, months.options) == (
        "For how many months?",
        "integer",
        "months",
        (),
    )


def test_what_the_rep_says_is_made_from_the_same_words() -> None:
    assert say(story(), catalogue(), "en") == (
        "Yes. $49.99 off this phone. All that it asks for is there. "
        "It does not need a change of plan or the paper voucher."
    )
    late = story(facts={**STORY, "line.last_upgrade_on": "2025-03-14"})
    assert say(late, catalogue(), "en").startswith(
        "Not yet. From 14 March 2027. What is missing: At least 24 months since this line's last upgrade."
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_everybody_who_may_waive_has_a_name_in_words(language: str) -> None:
    for role in WAIVER_ROLES:
        assert PHRASES[language][f"role.{role}"]
