"""A value that was written down is read as the same value again."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from store_api.policy.values import read_percent, value_to_json


@given(st.integers(0, 100 * 10**12))
def test_a_percentage_of_any_fineness_is_read_as_it_was_written(parts: int) -> None:
    percent = read_percent(Decimal(parts).scaleb(-12))
    written = value_to_json(percent)
    assert read_percent(written) == percent == Decimal(parts).scaleb(-12)
    assert "E" not in str(written)


def test_a_millionth_is_written_without_an_exponent() -> None:
    assert value_to_json(read_percent(Decimal("0.000000000001"))) == "0.000000000001"
