"""A sheet and a public page tell how a voucher can be used: all that the rule says, and nothing more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_api.policy.claim_check import check_for, find_statement
from store_api.policy.decide import decide
from store_api.policy.public_words import version_lines
from store_api.policy.sheet import Occasion, make_sheet
from store_api.policy.use_words import PHRASES, UseNames, use_sentences
from store_api.policy.words import Words
from tests.policy.documents import catalogue, document, policy_of, term, version_of

PHONE = {"all": [term("phone", "order.device_category", "is", "phone", "A phone.")]}
NAMES = st.sampled_from(["maple-st", "harbor", "hill", "lakes", "north-east"])
CHANNELS = st.lists(st.sampled_from(["kiosk", "tablet", "phone", "care", "till"]), unique=True, min_size=1)
SCOPES = st.fixed_dictionaries(
    {},
    optional={
        "stores": st.lists(NAMES, unique=True, min_size=1),
        "regions": st.lists(NAMES, unique=True, min_size=1),
        "channels": CHANNELS,
    },
).filter(bool)
COMBINES = st.one_of(
    st.just({"exclusive": True}),
    st.fixed_dictionaries({}, optional={"group": NAMES, "per_order": st.integers(1, 20)}),
)


def told(language: str = "en", names: UseNames | None = None, **use: Any) -> tuple[str, ...]:
    version = version_of(document(PHONE, **use))
    return use_sentences(version, Words(language, catalogue()), names or UseNames())


def test_nothing_is_told_where_it_goes_everywhere_and_with_everything() -> None:
    assert told() == told(combines={}) == told(combines={"per_order": 1}) == ()


@given(SCOPES, COMBINES, st.sampled_from(["en", "es"]))
def test_every_place_and_channel_of_the_rule_is_named(scope: Any, combines: Any, language: str) -> None:
    text = " ".join(told(language, scope=scope, combines=combines))
    words = Words(language, catalogue())
    channel = catalogue().facts["presentation.channel"]
    wanted = [
        *scope.get("stores", ()),
        *(name.replace("-", " ").title() for name in scope.get("regions", ())),
        *(words.value(channel, name) for name in scope.get("channels", ())),
        *([combines["group"]] if "group" in combines else []),
        *([str(combines["per_order"])] if combines.get("per_order", 1) > 1 else []),
    ]
    assert [name for name in wanted if name not in text] == []
    assert (PHRASES[language]["with_nothing"] in text) == ("exclusive" in combines)


@pytest.mark.parametrize(
    ("use", "english", "spanish"),
    [
        ({"combines": {"exclusive": True}}, "With no other voucher on the same order.",
         "Con ningún otro vale en el mismo pedido."),
        ({"combines": {"per_order": 3}}, "Up to 3 of its kind on an order.",
         "Hasta 3 de su clase por pedido."),
        ({"scope": {"stores": ["harbor"]}}, "Only in: Harbor store.", "Solo en: Harbor store."),
        ({"scope": {"regions": ["great-lakes"]}}, "Only in stores of: Great Lakes.",
         "Solo en tiendas de: Great Lakes."),
        ({"combines": {"group": "g"}}, "Not together with: $30 bonus.", "No junto con: Bono de $30."),
    ],
)  # fmt: skip
def test_each_limit_is_a_sentence_in_both_languages(use: Any, english: str, spanish: str) -> None:
    names = UseNames({"harbor": "Harbor store"}, ({"en": "$30 bonus", "es": "Bono de $30"},))
    assert told("en", names, **use)[0] == english
    assert told("es", names, **use)[0] == spanish


def test_a_group_in_which_no_other_policy_is_keeps_nothing_out_and_is_not_told() -> None:
    assert told(names=UseNames(rivals=()), combines={"group": "g"}) == ()


@pytest.mark.parametrize(("category", "is_told"), [("phone", True), ("tablet", False)])
def test_a_yes_tells_it_and_a_no_does_not(category: str, is_told: bool) -> None:
    policy = policy_of(document(PHONE, scope={"stores": ["harbor"]}))
    facts = {"voucher.issued_on": "2026-11-20", "order.device_category": category}
    decision = decide(policy, catalogue(), facts, date(2026, 11, 21))
    occasion = Occasion(use_names=UseNames({"harbor": "Harbor store"}))
    lines = make_sheet(decision, catalogue(), "en", occasion).lines
    assert ("Only in: Harbor store." in [line.text for line in lines if line.kind == "use"]) is is_told


def test_the_public_page_tells_it_below_a_heading_of_its_own() -> None:
    version = version_of(document(PHONE, combines={"exclusive": True}))
    lines = version_lines(version, catalogue(), "en")
    place = next(number for number, line in enumerate(lines) if line.kind == "use")
    assert lines[place - 1].text == "Where it can be used, and with what"


@pytest.mark.parametrize("scope", [{"stores": ["harbor"]}, {"regions": ["lakes"]}])
def test_a_voucher_for_certain_stores_never_says_that_no_certain_store_is_required(scope: Any) -> None:
    facts = {"voucher.issued_on": "2026-11-20", "order.device_category": "phone"}
    everywhere = decide(policy_of(document(PHONE)), catalogue(), facts, date(2026, 11, 21))
    limited = decide(policy_of(document(PHONE, scope=scope)), catalogue(), facts, date(2026, 11, 21))
    assert set(everywhere.not_required) - set(limited.not_required) == {"certain-store"}
    statement = find_statement(catalogue(), "certain-store")
    assert statement is not None
    assert check_for(statement, everywhere, catalogue()).result == "not_required"
    found = check_for(statement, limited, catalogue())
    assert (found.result, found.why) == ("required", "certain_stores")
