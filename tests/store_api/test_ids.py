"""Identifiers: opaque, with their node inside, in the order of making."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from store_api.db import Mint
from store_api.ids import ALPHABET, new_id

NOW = dt.datetime(2026, 11, 21, 16, 0, tzinfo=dt.UTC)
MOMENTS = st.integers(0, 10**10).map(lambda tick: NOW + dt.timedelta(milliseconds=tick))


def test_an_identifier_names_kind_and_node() -> None:
    kind, node, rest = new_id("vou", "n7", NOW, b"\x00" * 10).split("_")
    assert (kind, node, len(rest), rest[10:]) == ("vou", "n7", 26, "0" * 16)
    assert set(rest) <= set(ALPHABET)


@given(MOMENTS, MOMENTS, st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_identifiers_sort_by_their_millisecond(
    first: dt.datetime, second: dt.datetime, one: bytes, other: bytes
) -> None:
    if int(first.timestamp() * 1000) < int(second.timestamp() * 1000):
        assert new_id("vou", "n1", first, one) < new_id("vou", "n1", second, other)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=30))
def test_identifiers_of_one_process_sort_in_the_order_of_making(waits: list[int]) -> None:
    mint, now, made = Mint(lambda size: b"\xff" * size), NOW, []
    for wait in waits:
        now += dt.timedelta(milliseconds=wait)
        made.append(new_id("log", "n1", now, mint.draw(now)))
    assert made == sorted(set(made))
