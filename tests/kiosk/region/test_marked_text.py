"""A file's text is shown whole, and what was found stands at its line and column."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.region.marked_text import NumberedLine, Piece, Remark, numbered

TEXT = "format: 1\nbenefit:\n  kind: instant_credits\n  amount: 50.00 USD\n"
REMARKS = st.builds(
    Remark, st.integers(-2, 40), st.integers(-2, 90), st.just("term.unknown"), st.just("It is not known.")
)


def marked(line: NumberedLine) -> list[str]:
    return [piece.text for piece in line.pieces if piece.is_marked]


def test_the_word_at_the_column_is_marked_and_the_remark_stands_at_its_line() -> None:
    lines = numbered(TEXT, [Remark(3, 9, "benefit.kind", "This kind is not known.")])
    assert [line.number for line in lines] == [1, 2, 3, 4]
    assert marked(lines[2]) == ["instant_credits"]
    assert [remark.code for remark in lines[2].remarks] == ["benefit.kind"]
    assert all(not line.remarks for line in lines if line.number != 3)


def test_a_place_behind_the_last_line_is_told_at_the_last_line() -> None:
    lines = numbered("format: 1\n", [Remark(9, 4, "missing", "Something is missing.")])
    assert [remark.message for remark in lines[-1].remarks] == ["Something is missing."]


def test_line_breaks_of_other_systems_make_the_same_lines() -> None:
    assert [line.pieces for line in numbered("a\r\nb\rc")] == [
        (Piece("a"),), (Piece("b"),), (Piece("c"),),
    ]  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.lists(REMARKS, max_size=8))
def test_no_sign_of_the_text_and_no_remark_is_lost(text: str, remarks: list[Remark]) -> None:
    lines = numbered(text, remarks)
    shown = "\n".join("".join(piece.text for piece in line.pieces) for line in lines)
    assert shown in (plain := text.replace("\r\n", "\n").replace("\r", "\n"), plain.removesuffix("\n"))
    assert sorted(remarks, key=repr) == sorted((one for line in lines for one in line.remarks), key=repr)
