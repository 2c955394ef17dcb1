"""Readings are believed when enough of them agree, and a piece of a code is not taken for a code."""

from __future__ import annotations

from hardware.decode.votes import Votes
from hardware.ports import Corner, Reading, Symbology

SQUARE = ((0, 0), (9, 0), (9, 9), (0, 9))
ELSEWHERE = ((50, 50), (59, 50), (59, 59), (50, 59))


def read(name: str, text: str, confirmed: bool = True, corners: tuple[Corner, ...] = SQUARE) -> Reading:
    return Reading(text, Symbology(name), corners, "scripted", confirmed)


def texts(readings: list[Reading]) -> list[str]:
    return [reading.text for reading in readings]


def test_an_engine_that_looks_at_the_untouched_picture_is_believed() -> None:
    votes = Votes()
    votes.add([read("code128", "ABC")], "zxing")
    assert texts(votes.settled()) == ["ABC"]


def test_a_matrix_code_is_believed_from_any_form_of_the_picture() -> None:
    votes = Votes()
    votes.add([read("qr", "ABC")], "zxing+sharpened")
    assert texts(votes.settled()) == ["ABC"]


def test_the_same_attempt_twice_is_one_vote() -> None:
    votes = Votes()
    for _ in range(2):
        votes.add([read("code128", "ABC")], "zxing+part_0")
    assert votes.settled() == []
    assert [(r.text, r.confirmed) for r in votes.doubtful()] == [("ABC", False)]


def test_other_rows_of_the_same_bars_are_a_second_vote() -> None:
    votes = Votes()
    votes.add([read("code128", "ABC")], "zxing+part_0")
    votes.add([read("code128", "ABC")], "zxing+part_1")
    assert texts(votes.settled()) == ["ABC"]


def test_a_short_code_needs_both_engines() -> None:
    votes = Votes()
    votes.add([read("ean8", "96385074")], "zxing+turned")
    votes.add([read("ean8", "96385074")], "zxing+inverted")
    assert votes.settled() == []
    votes.add([read("ean8", "96385074", confirmed=False)], "zbar")
    assert texts(votes.settled()) == ["96385074"]


def test_with_one_engine_alone_two_of_its_attempts_have_to_do() -> None:
    votes = Votes(engines=1)
    votes.add([read("itf", "12345678", confirmed=False)], "zxing")
    votes.add([read("itf", "12345678", confirmed=False)], "zxing+part_0")
    assert texts(votes.settled()) == ["12345678"]


def test_an_itf_of_which_more_was_read_elsewhere_is_not_believed() -> None:
    votes = Votes()
    votes.add([read("itf", "12345678901231", confirmed=False)], "zxing")
    for way in ("zxing+part_0", "zbar+part_0"):
        votes.add([read("itf", "345678", confirmed=False)], way)
    assert votes.settled() == []


def test_a_short_code_upon_a_long_one_is_a_piece_of_it() -> None:
    votes = Votes()
    votes.add([read("ean8", "96385074"), read("ean13", "4006381333931")], "zxing")
    assert texts(votes.settled()) == ["4006381333931"]


def test_a_short_code_beside_a_long_one_is_its_own() -> None:
    votes = Votes()
    votes.add([read("ean8", "96385074", corners=ELSEWHERE), read("ean13", "4006381333931")], "zxing")
    assert texts(votes.settled()) == ["96385074", "4006381333931"]
