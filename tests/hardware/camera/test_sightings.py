"""A text in view is new once, until it has been gone for a moment."""

from __future__ import annotations

from hardware.camera.sightings import Sightings
from hardware.ports import Reading, Symbology


def reading(text: str, confirmed: bool = True) -> Reading:
    return Reading(text, Symbology("qr", "]Q1"), ((0, 0), (1, 0), (1, 1), (0, 1)), "test", confirmed)


def new(sightings: Sightings, *texts: str, at: float) -> list[str]:
    return [found.text for found in sightings.see([reading(text) for text in texts], at)]


def test_a_text_that_stays_in_view_is_new_once() -> None:
    sightings = Sightings()
    assert [new(sightings, "A", at=number / 10) for number in range(100)] == [["A"], *[[]] * 99]


def test_a_text_that_is_missed_for_a_moment_is_not_new_again() -> None:
    sightings = Sightings()
    new(sightings, "A", at=0)
    new(sightings, at=0.1)
    new(sightings, at=1.4)
    assert new(sightings, "A", at=1.5) == []


def test_a_text_that_was_out_of_view_is_new_again() -> None:
    sightings = Sightings()
    new(sightings, "A", at=0)
    new(sightings, at=0.1)
    new(sightings, at=1.7)
    assert new(sightings, "A", at=1.8) == ["A"]


def test_frames_that_come_seldom_do_not_make_a_text_new() -> None:
    sightings = Sightings()
    new(sightings, "A", at=0)
    assert new(sightings, "A", at=60) == []


def test_two_texts_in_view_are_each_new_once() -> None:
    sightings = Sightings()
    assert new(sightings, "A", "B", at=0) == ["A", "B"]
    assert new(sightings, "B", "C", at=0.1) == ["C"]


def test_a_doubtful_text_is_new_when_a_second_frame_agrees() -> None:
    sightings = Sightings()
    assert sightings.see([reading("A", confirmed=False)], 0) == []
    assert sightings.see([reading("B", confirmed=False)], 0.1) == []
    assert [found.text for found in sightings.see([reading("A", confirmed=False)], 0.2)] == ["A"]


def test_frames_that_agree_too_late_do_not_count() -> None:
    sightings = Sightings()
    sightings.see([reading("A", confirmed=False)], 0)
    assert sightings.see([reading("A", confirmed=False)], 5) == []


def test_a_doubtful_text_that_proves_itself_needs_no_second_frame() -> None:
    sightings = Sightings(proves_itself=lambda text: text == "RIGHT")
    found = sightings.see([reading("RIGHT", confirmed=False), reading("WRONG", confirmed=False)], 0)
    assert [told.text for told in found] == ["RIGHT"]
