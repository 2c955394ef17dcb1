"""`combines` and `scope`: defaults, every fault with its place, and what a change of them is called."""

from __future__ import annotations

import json
from typing import Any

import pytest

from store_api.policy.compare import compare
from store_api.policy.document import read_policy
from store_api.policy.errors import PolicyErrors
from store_api.policy.model import Combines, Scope
from store_api.policy.proof_words import ProofWords
from tests.policy.documents import catalogue, document, term, version_of

PHONE = {"all": [term("phone", "order.device_category", "is", "phone", "A phone.")]}


def made(**changes: Any) -> Any:
    return version_of(document(PHONE, **changes))


def test_left_out_it_goes_with_others_one_of_its_kind_and_everywhere() -> None:
    for version in (made(), made(combines=None, scope=None), made(combines={})):
        assert (version.combines, version.scope) == (Combines(False, None, 1), Scope())
    assert made().scope.has_store("anywhere", "any-region")
    assert made().scope.has_channel("kiosk")


def test_a_store_lies_in_it_by_its_name_or_by_its_region() -> None:
    scope = made(scope={"stores": ["maple-st"], "regions": ["lakes"], "channels": ["kiosk"]}).scope
    places = [("maple-st", "north"), ("harbor", "lakes"), ("hill", "north")]
    assert [scope.has_store(*place) for place in places] == [True, True, False]
    assert (scope.has_channel("kiosk"), scope.has_channel("phone")) == (True, False)


def test_the_order_of_a_list_does_not_count() -> None:
    one, other = made(scope={"stores": ["a", "b"]}), made(scope={"stores": ["b", "a"]})
    assert one.scope == other.scope


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("combines: {exclusive: true, group: g}", "1:23: combines.exclusive"),
        ("combines: {exclusive: true, per_order: 1}", "1:23: combines.exclusive"),
        ("combines: {exclusive: maybe}", "1:23: combines.not_boolean"),
        ("combines: {per_order: 0}", "1:23: combines.not_integer"),
        ("combines: {per_order: 21}", "1:23: combines.too_many"),
        ("combines: {group: Phone Credits}", "1:19: id.form"),
        ("combines: {with: [a]}", "1:12: combines.unknown_key"),
        ("combines: never", "1:11: policy.not_a_mapping"),
        ("scope: {}", "1:8: scope.empty"),
        ("scope: {stores: []}", "1:17: scope.not_texts"),
        ("scope: {stores: maple-st}", "1:17: scope.not_texts"),
        ("scope: {stores: [a, Bad Name]}", "1:21: id.form"),
        ("scope: {regions: [a, b, a]}", "1:25: scope.twice"),
        ("scope: {channels: [kiosk, telepathy]}", "1:19: scope.unknown_channel"),
        ("scope: {countries: [us]}", "1:9: scope.unknown_key"),
    ],
)
def test_a_fault_is_told_with_its_place(lines: str, fault: str) -> None:
    assert [f"{error.line}:{error.column}: {error.code}" for error in faults(lines)] == [fault]


@pytest.mark.parametrize("lines", ["combines: {per_order: 2}", "scope: {stores: [a]}"])
def test_an_upgrade_has_no_voucher_and_takes_neither(lines: str) -> None:
    found = faults(lines, benefit={"kind": "upgrade_right"})
    assert [error.code for error in found] == [f"{lines.partition(':')[0]}.no_voucher"]


def faults(lines: str, **changes: Any) -> Any:
    """What is wrong with a document whose first line is the one in question."""
    body = document(PHONE, **changes)
    whole = [lines, *(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in body.items())]
    with pytest.raises(PolicyErrors) as refused:
        read_policy("\n".join(whole), "made.yaml", catalogue())
    return refused.value.errors


def test_a_change_is_told_in_both_languages_and_changes_the_digest() -> None:
    old = made(combines={"per_order": 2})
    new = made(combines={"exclusive": True}, scope={"regions": ["north"], "channels": ["kiosk"]}, version=2)
    compared = compare(old, new, catalogue())
    assert compared.fields == ("combines", "scope")
    assert old.digest != new.digest
    told = {
        language: "\n".join(ProofWords(catalogue(), language).comparison(compared))
        for language in ("en", "es")
    }
    assert "with no other voucher (before: up to 2 of its kind on an order)" in told["en"]
    assert "in these regions: north; over these channels: " in told["en"]
    assert "con ningún otro vale (antes: hasta 2 de su clase por pedido)" in told["es"]
    assert "(antes: en todas partes)" in told["es"]


def test_what_says_the_same_in_other_words_is_no_change() -> None:
    old, new = made(combines={"exclusive": False}), made(combines={"per_order": 1}, version=2)
    assert compare(old, new, catalogue()).fields == ()
