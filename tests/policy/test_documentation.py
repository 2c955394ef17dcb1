"""The examples in docs/policies.md are true: policies check, and sheets read as shown."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from store_api.policy.check import check_version
from store_api.policy.decide import decide
from store_api.policy.document import read_policy
from store_api.policy.errors import ErrorList
from store_api.policy.facts import load_catalogue, read_fact_nodes
from store_api.policy.nodes import read_tree
from store_api.policy.sheet import make_sheet
from store_api.policy.term_reader import TESTS
from tests.policy.documents import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "policies.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?:yaml|text) (\w+)=(\w+)(?: on=([\d-]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> dict[str, tuple[str, str]]:
    return {name: (on, body) for found, name, on, body in BLOCK.findall(TEXT) if found == kind}


def test_the_page_has_the_blocks_that_the_other_tests_read() -> None:
    assert set(blocks("policy")) == {"smallest", "groups", "tiers", "combining"}
    assert set(blocks("sheet")) == set(blocks("facts")) == {"smallest", "groups"}


def test_every_policy_on_the_page_is_well() -> None:
    for name, (_, body) in blocks("policy").items():
        check_version(read_policy(body, f"{name}.yaml", catalogue()), catalogue())


def test_every_sheet_on_the_page_is_what_the_program_prints() -> None:
    for name, (on, shown) in blocks("sheet").items():
        errors = ErrorList()
        facts = read_fact_nodes(read_tree(blocks("facts")[name][1], "facts"), catalogue(), errors)
        version = read_policy(blocks("policy")[name][1], f"{name}.yaml", catalogue())
        printed = make_sheet(
            decide(version, catalogue(), facts, date.fromisoformat(on)), catalogue(), "en"
        ).plain()
        assert errors.found == []
        assert printed.startswith(shown)


def test_the_catalogue_on_the_page_loads() -> None:
    own = load_catalogue(blocks("catalogue")["own"][1])
    assert "order.colour" in own.facts
    assert list(own.claims)[-1] == "red-one"


def test_every_test_of_the_language_is_on_the_page() -> None:
    for tests in TESTS.values():
        assert all(f"`{test}" in TEXT for test in tests)
