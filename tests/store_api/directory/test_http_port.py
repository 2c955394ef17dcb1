"""The carrier's systems over a real socket: right answers are read, every wrong one is a fault in time."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_api.directory import tmf
from store_api.directory.http_port import LARGEST_ANSWER, HttpDirectory
from store_api.directory.ports import DirectoryFailed
from tests.store_api.directory.carrier import (
    ACCOUNT,
    NUMBER,
    PRODUCT,
    Carrier,
    drips,
    fails,
    hangs,
    redirects,
    says,
    stops_halfway,
)

SECONDS = 0.6


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """A carrier's systems."""
    with Carrier() as running:
        yield running


def soon() -> float:
    return time.monotonic() + SECONDS


def test_a_line_is_found_by_its_number_with_exact_facts(carrier: Carrier) -> None:
    line = HttpDirectory(carrier.address, "token").find_line(NUMBER, soon())
    assert line is not None
    assert (line.line_id, line.account_id, line.person_id, line.label) == ("prod-1", "ba-1", "ind-1", "Dana")
    assert line.facts["line.plan_price"] == "45.1 USD"
    assert line.facts["line.last_upgrade_on"] == "2024-01-10"
    assert line.facts["line.agreement_ends_on"] == "2026-01-10"
    assert line.facts["line.suspended"] is False
    assert line.account_lines == 1
    assert line.facts["line.upgrades_last_12_months"] == 0
    assert HttpDirectory(carrier.address, "").find_line("+13125550199", soon()) is None


def test_account_person_and_customer_are_read(carrier: Carrier) -> None:
    directory = HttpDirectory(carrier.address, "")
    account = directory.read_account("ba-1", soon())
    assert (account.roles, account.customer_id, account.is_locked) == ({"ind-1": "owner"}, "cus-1", False)
    assert account.facts == {
        "account.past_due": "0.0 USD", "account.past_due_30_days": "0.0 USD",
    }  # fmt: skip
    assert directory.read_person("ind-1", soon()).born_on == dt.date(1990, 5, 1)
    assert directory.read_customer("cus-1", soon()).facts == {
        "account.opened_on": "2018-03-01", "account.segment": "consumer",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        (hangs, "timed_out"),
        (drips, "timed_out"),
        (fails(500), "status_500"),
        (fails(503), "status_503"),
        (redirects, "status_302"),
        (stops_halfway, "broken_off"),
        (says(b"<html>sign in</html>"), "malformed"),
        (says(b"[" * 100_000), "malformed"),
        (says(b'[{"id": NaN}]'), "malformed"),
        (says(b"\xff\xfe"), "malformed"),
        (says(b" " * (LARGEST_ANSWER + 1)), "too_large"),
        (says(b"[]\n[]"), "malformed"),
        (says(json.dumps([PRODUCT, PRODUCT]).encode()), "malformed"),
        (says(b'{"id": "prod-1"}'), "malformed"),
    ],
)
def test_whatever_else_the_other_side_does_is_a_fault_in_time(
    carrier: Carrier, behaviour: Callable[..., None], fault: str
) -> None:
    carrier.behaviour["lines"] = behaviour
    begun = time.monotonic()
    with pytest.raises(DirectoryFailed) as failed:
        HttpDirectory(carrier.address, "").find_line(NUMBER, soon())
    assert failed.value.fault == fault
    assert time.monotonic() - begun < 2 * SECONDS


def test_nobody_there_is_a_fault() -> None:
    with pytest.raises(DirectoryFailed, match="refused"):
        HttpDirectory("http://127.0.0.1:1", "").find_line(NUMBER, soon())


def test_what_passes_is_asked_once_more_and_what_stays_is_not(carrier: Carrier) -> None:
    def passes(request: Any) -> None:
        carrier.behaviour.pop("people")
        fails(503)(request)

    carrier.behaviour["people"] = passes
    assert HttpDirectory(carrier.address, "").read_person("ind-1", soon()).first_name == "Dana"
    carrier.behaviour["people"] = fails(500)
    carrier.asked.clear()
    with pytest.raises(DirectoryFailed):
        HttpDirectory(carrier.address, "").read_person("ind-1", soon())
    assert carrier.asked == ["people"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(PRODUCT)), JSON)
def test_no_product_breaks_the_reader(name: str, value: Any) -> None:
    with suppress(DirectoryFailed):
        assert set(tmf.read_line({**PRODUCT, name: value}).facts) <= set(tmf.LINE_FACTS)


@given(st.sampled_from(sorted(ACCOUNT)), JSON)
def test_no_account_breaks_the_reader(name: str, value: Any) -> None:
    with suppress(DirectoryFailed):
        assert set(tmf.read_account({**ACCOUNT, name: value}).facts) <= set(tmf.FACTS["accounts"])
