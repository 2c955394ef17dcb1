"""A scanner on a machine with the wrong keyboard layout still gives what it sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.layouts import _LAYOUTS, as_sent, as_typed, repair
from store_api.contract.voucher_codes import ALPHABET, check_character, proves_itself

CODES = st.text(ALPHABET, min_size=12, max_size=12).map(lambda body: body + check_character(body))
LAYOUTS = pytest.mark.parametrize("layout", sorted(_LAYOUTS))


@LAYOUTS
@given(code=CODES)
def test_a_layouts_own_way_back_gives_the_code(layout: str, code: str) -> None:
    assert as_sent(as_typed(code, layout), layout) == code


@LAYOUTS
def test_a_voucher_typed_through_another_layout_is_repaired(layout: str) -> None:
    code = "7F3K92QDXAYM" + check_character("7F3K92QDXAYM")
    assert repair(as_typed(code, layout), proves_itself) == code
    assert repair(as_typed(code.lower(), layout), proves_itself).upper() == code


@given(code=CODES)
def test_what_proves_itself_is_left_alone(code: str) -> None:
    assert repair(code, proves_itself) == code


@given(text=st.text(max_size=40))
def test_any_text_comes_back_as_itself_or_as_what_proves_itself(text: str) -> None:
    repaired = repair(text, proves_itself)
    assert repaired == text or proves_itself(repaired)
