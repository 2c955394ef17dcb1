"""The schema for editors agrees with the reader: what reads well validates, what is malformed does not."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from store_api.policy.errors import PolicyErrors
from store_api.policy.nodes import raw_of, read_tree
from store_api.policy.schema import document_schema
from store_api.policy.starter import starter
from tests.policy.documents import DEMO, SEEDS, Inventor, catalogue, version_of

VALIDATOR = jsonschema_rs.validator_for(document_schema(catalogue()))
GOOD: Any = raw_of(read_tree(starter(), "starter.yaml"))


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_demo_policies_validate(path: Any) -> None:
    VALIDATOR.validate(raw_of(read_tree(path.read_text(), path.name)))


def test_the_starter_validates() -> None:
    VALIDATOR.validate(GOOD)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_what_the_reader_accepts_validates(seed: int) -> None:
    for document in Inventor(seed).history():
        version_of(document)
        VALIDATOR.validate(document)


def without(key: str) -> Callable[[Any], None]:
    return lambda document: document.pop(key)


def put(*path: Any, value: Any) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


FIRST = ("requires", "all", 0)
BAD = {
    **{
        f"no {key}": without(key)
        for key in ("format", "policy", "version", "title", "benefit", "requires", "binds")
    },
    "format 2": put("format", value=2),
    "an unknown key": put("priority", value=1),
    "a name with spaces": put("policy", value="My policy"),
    "version 0": put("version", value=0),
    "a language missing": put("title", value={"en": "Only English"}),
    "an empty group": put("requires", value={"all": []}),
    "a group of two kinds": put("requires", value={"all": [], "any": []}),
    "binds to a fact that is no date": put("binds", value="order.device_category"),
    "an unknown fact": put(*FIRST, "fact", value="order.colour"),
    "a test that the type lacks": put(*FIRST, "at_least", value=3),
    "two tests": put(*FIRST, "is", value="phone"),
    "an unknown option": put(*FIRST, "one_of", value=["toaster"]),
    "an unknown benefit": put("benefit", value={"kind": "free_lunch"}),
    "a credit without an amount": put("benefit", value={"kind": "instant_credit"}),
    "an amount without a currency": put("benefit", "amount", value="25.00"),
    "a percentage above a hundred": put(
        "benefit", value={"kind": "percent_off", "percent": 101, "of": "order.device_price"}
    ),
    "an unknown claim": put("not_required", value=[{"claim": "horoscope"}]),
    "a duration of nothing": put("requires", "all", 1, "at_least_ago", value={"months": 0}),
    "exclusive beside a group": put("combines", value={"exclusive": True, "group": "g"}),
    "too many on an order": put("combines", value={"per_order": 21}),
    "an empty scope": put("scope", value={}),
    "a channel that is none": put("scope", value={"channels": ["telepathy"]}),
    "an example without an outcome": put("examples", 0, "expect", value={}),
    "a fact of the wrong type": put("examples", 0, "facts", "order.device_category", value=7),
}


@pytest.mark.parametrize("name", BAD)
def test_a_malformed_document_is_refused_by_both(name: str) -> None:
    document = deepcopy(GOOD)
    BAD[name](document)
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(PolicyErrors):
        version_of(document)
