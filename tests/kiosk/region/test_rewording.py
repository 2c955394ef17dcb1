"""Two sentences beside each other: nothing is lost, and what changed is what is marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.region.rewording import Difference, Run, differing_lines, rewording

SENTENCES = st.lists(st.sampled_from(["Renew", "for", "24", "months", "año,", "$50.00", "."])).map(" ".join)


def test_only_the_words_that_changed_are_marked() -> None:
    old, new = rewording("Renew for at least 20 months.", "Renew for at least 24 months.")
    assert [run for run in old if run.fate == "gone"] == [Run("gone", "20")]
    assert [run for run in new if run.fate == "new"] == [Run("new", "24")]


def test_an_amount_is_one_word() -> None:
    _, new = rewording("Up to $50.00.", "Up to $75.00.")
    assert Run("new", "$75.00") in new


@given(SENTENCES, SENTENCES)
def test_both_sentences_are_shown_whole_and_share_what_is_the_same(before: str, after: str) -> None:
    old, new = rewording(before, after)
    assert "".join(run.text for run in old) == before
    assert "".join(run.text for run in new) == after
    kept = ["".join(run.text for run in side if run.fate == "same") for side in (old, new)]
    assert kept[0] == kept[1]


@given(SENTENCES)
def test_the_same_sentence_has_no_mark(sentence: str) -> None:
    assert all(run.fate == "same" for side in rewording(sentence, sentence) for run in side)


LINES = st.lists(st.sampled_from(["format: 1", "  is: phone", "", "b"]), max_size=8)


def test_changed_added_and_missing_lines_have_their_places() -> None:
    assert differing_lines("a\nb\nc", "a\nB\nB2\nc") == (Difference(2, 2),)
    assert differing_lines("a\nb\nc", "a\nc") == (Difference(2, 0),)


@given(LINES, LINES)
def test_what_is_not_named_as_different_is_in_my_text_in_the_same_order(
    mine: list[str], theirs: list[str]
) -> None:
    found = differing_lines("\n".join(mine), "\n".join(theirs))
    named = {place.line + step for place in found for step in range(place.count)}
    there = "\n".join(theirs).splitlines()
    kept = [line for number, line in enumerate(there, 1) if number not in named]
    rest = iter("\n".join(mine).splitlines())
    assert all(any(line == other for other in rest) for line in kept)
    assert bool(found) == ("\n".join(mine).splitlines() != there)
