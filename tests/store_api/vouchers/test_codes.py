"""Voucher codes: the check character, and what a scanner may bring instead of a code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_api.vouchers.codes import (
    ALPHABET,
    check_character,
    draw_code,
    is_consistent,
    read_code,
    show_code,
)
from store_api.vouchers.gs1 import write_digital_link, write_element_string

bodies = st.text(alphabet=ALPHABET, min_size=12, max_size=12)


def _code(body: str) -> str:
    return body + check_character(body)


def _letters_in(body: str) -> bool:
    return not body.isdigit()


@given(bodies)
def test_a_code_ends_with_its_own_check_character(body: str) -> None:
    assert is_consistent(_code(body))


@given(bodies, st.integers(0, 12), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_seen(body: str, place: int, other: str) -> None:
    code = _code(body)
    changed = code[:place] + other + code[place + 1 :]
    assert is_consistent(changed) == (changed == code)


@given(bodies, st.integers(0, 11))
def test_two_neighbours_swapped_are_seen_save_for_0_and_z(body: str, place: int) -> None:
    code = _code(body)
    first, second = code[place], code[place + 1]
    swapped = code[:place] + second + first + code[place + 2 :]
    known_gap = {first, second} == {"0", "Z"}  # the one pair that Luhn mod N cannot tell apart
    assert is_consistent(swapped) == (first == second or known_gap)


@given(bodies.filter(_letters_in))
def test_a_code_is_read_as_people_write_it(body: str) -> None:
    code = _code(body)
    for written in (show_code(code), code.lower(), f"  {show_code(code)}\r\n", f"]Q3{code}"):
        assert read_code(written).code == code


@given(bodies.filter(_letters_in))
def test_o_i_and_l_read_as_the_digits_that_they_resemble(body: str) -> None:
    code = _code(body)
    assert read_code(code.replace("0", "O").replace("1", "l")).code == code


@given(st.text(max_size=80))
def test_any_text_gets_an_answer(text: str) -> None:
    read = read_code(text)
    assert (read.code is None) != (read.trouble is None)


def test_a_drawn_code_has_a_letter_and_is_consistent() -> None:
    draws = iter([bytes(12), bytes(range(10, 22))])
    code = draw_code(lambda count: next(draws))
    assert code[:12] == "ABCDEFGHJKMN"
    assert is_consistent(code)


@pytest.mark.parametrize(
    ("text", "trouble", "kind"),
    [
        ("", "code.unreadable", None),
        ("A", "code.unreadable", None),
        ("7" * 10_000, "code.unreadable", None),
        ("\x1b\x00\x1d", "code.unreadable", None),
        ("4006381333931", "code.not_a_voucher", "product"),
        ("036000291452", "code.not_a_voucher", "product"),
        ("490154203237518", "code.not_a_voucher", "imei"),
        ("4111 1111 1111 1111", "code.not_a_voucher", "card"),
        ("javascript:alert(1)", "code.not_a_voucher", "address"),
        ("https://example.org/v/7F3K92QDXA4MC", "code.not_a_voucher", "address"),
        ("]E04006381333931", "code.not_a_voucher", "product"),
        ("8110006141416543213150110120", "code.not_a_voucher", "coupon"),
        ("]d20109521101530001\x1d10ABC", "code.not_a_voucher", "product"),
        ("]e08110006141416543213150110120", "code.not_a_voucher", "coupon"),
        ("]C1811200614141654321", "code.not_a_voucher", "coupon"),
        ("]C12559521321000126123456", "code.not_a_voucher", "coupon"),
        ("]C100095211010000000012", "code.not_a_voucher", "parcel"),
        ("]C1nonsense", "code.unreadable", None),
        ("]C110BATCH42", "code.not_a_voucher", "gs1"),
        ("https://id.gs1.org/01/09521321000126/10/ABC", "code.not_a_voucher", "product"),
        (
            "M1DESMARAIS/LUC       EABC123 YULFRAAC 0834 226F001A0025 100",
            "code.not_a_voucher",
            "boarding_pass",
        ),
        ("7F3K-92QD-XA4U-C", "code.unreadable", None),
        ("7F3K-92QD", "code.unreadable", None),
    ],
)
def test_what_is_no_code_is_named(text: str, trouble: str, kind: str | None) -> None:
    read = read_code(text)
    assert (read.code, read.trouble, read.kind) == (None, trouble, kind)


def test_a_wrong_check_character_is_named() -> None:
    code = _code("7F3K92QDXA4M")
    wrong = code[:12] + ("2" if code[12] != "2" else "3")
    assert read_code(wrong).trouble == "code.wrong_check"


OWN = "9521321000126"


@pytest.mark.parametrize("separator", ["\x1d", "\u241d"])
def test_a_voucher_in_a_gs1_code_of_the_carrier_is_read(separator: str) -> None:
    code = _code("7F3K92QDXA4M")
    text = f"255{OWN}{separator}91{code}"
    assert read_code(text, "]Q3", OWN).code == code
    assert read_code("]d2" + text, "", OWN).code == code


def test_a_voucher_in_a_digital_link_of_the_carrier_is_read() -> None:
    code = _code("7F3K92QDXA4M")
    assert read_code(write_digital_link(code, OWN, "https://id.carrier.example"), "]Q1", OWN).code == code


def test_a_coupon_of_the_carrier_without_a_code_cannot_be_read() -> None:
    assert read_code(f"255{OWN}", "]Q3", OWN).trouble == "code.unreadable"
    assert read_code(f"https://id.carrier.example/255/{OWN}", "", OWN).trouble == "code.unreadable"


def test_a_coupon_of_somebody_else_is_no_voucher_even_with_a_code_in_it() -> None:
    text = write_element_string(_code("7F3K92QDXA4M"), "4006381333931")
    assert read_code(text, "]Q3", OWN).kind == "coupon"
    assert read_code(write_element_string(_code("7F3K92QDXA4M"), OWN), "]Q3", "").kind == "coupon"


def test_a_gs1_code_of_the_carrier_with_a_wrong_check_character_says_so() -> None:
    code = _code("7F3K92QDXA4M")
    wrong = code[:12] + ("2" if code[12] != "2" else "3")
    assert read_code(write_element_string(wrong, OWN), "]Q3", OWN).trouble == "code.wrong_check"


@given(st.text(max_size=60), st.sampled_from(["]C1", "]d2", "]Q3", "]e0", ""]))
def test_any_text_of_any_symbology_gets_an_answer(text: str, symbology: str) -> None:
    read = read_code(text, symbology, OWN)
    assert (read.code is None) != (read.trouble is None)
