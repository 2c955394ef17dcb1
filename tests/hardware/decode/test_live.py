"""Frames of a running camera are read one after another, and what was seen in one helps in the next."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hardware.camera.sightings import Sightings
from hardware.decode import live
from hardware.decode.engines import Found, ZxingEngine
from hardware.decode.live import LiveDecoder
from hardware.decode.looks import measure_look
from hardware.decode.pipeline import to_grey
from hardware.ports import Look, Picture, Reading, Symbology
from tests.hardware.films import TEXT, Film
from tests.hardware.pictures import frame, linear, qr, turned


def grey(code: Picture | None = None) -> Picture:
    return to_grey(frame(code))


def test_a_frame_is_read_at_the_first_look_and_its_place_is_kept() -> None:
    decoder = LiveDecoder()
    (reading,) = decoder.look(grey(qr("LIVE")))
    assert (reading.text, reading.confirmed) == ("LIVE", True)
    assert decoder.place is not None
    left, top, right, bottom = decoder.place
    assert left < 600 < 680 < right
    assert top < 340 < 380 < bottom


def test_a_place_at_which_nothing_is_seen_is_forgotten() -> None:
    decoder = LiveDecoder()
    decoder.look(grey(qr("LIVE")))
    for _ in range(live.KEEP_PLACE):
        decoder.look(np.full((720, 1280), 120, dtype=np.uint8))
    assert decoder.place is None


@pytest.mark.parametrize("kind", ["qr_paper", "code128_paper", "code128_phone"])
@pytest.mark.parametrize("condition", ["turned", "glared"])
def test_a_voucher_held_up_is_read_and_nothing_else(kind: str, condition: str) -> None:
    decoder, sightings = LiveDecoder(), Sightings()
    told: list[str] = []
    for number, picture in enumerate(Film(kind, condition, 1).frames(20)):
        told += [reading.text for reading in sightings.see(decoder.look(to_grey(picture)), number / 15)]
        if told:
            break
    assert told == [TEXT]


def test_a_linear_code_that_two_parts_of_its_bars_give_is_believed_in_one_frame() -> None:
    soft = cv2.GaussianBlur(turned(linear("VOUCHER-42", "Code128", module=2), 24, shade=150), (0, 0), 1.3)
    picture = grey(np.asarray(soft, dtype=np.uint8))
    (reading,) = LiveDecoder().look(picture)
    assert (reading.text, reading.confirmed) == ("VOUCHER-42", True)
    assert "strip" in reading.engine


def test_a_linear_code_that_an_extra_look_finds_once_waits_for_a_second_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Once(ZxingEngine):
        def look(self, grey: Picture, names: object) -> Found:
            return Found([], [])

        def read(self, grey: Picture, names: object, patient: bool = True) -> list[Reading]:
            return [Reading("4006381333931", Symbology("ean13", "]E0"), ((0, 0), (9, 9)), "once")]

    monkeypatch.setattr(live, "engines", lambda: (Once(),))
    (reading,) = live._half(np.zeros((50, 50), dtype=np.uint8), ("ean13",))[:1]
    assert not reading.confirmed


def test_a_code_that_is_found_but_fails_its_check_is_looked_at_closer() -> None:
    code = qr("7F3K9QDXA2BCM", module=8)
    spoiled = code.copy()
    spoiled[90:150, 90:150] = 128
    decoder = LiveDecoder()
    assert decoder.look(grey(spoiled)) == []
    assert decoder.place is not None
    assert [reading.text for reading in decoder.look(grey(code))] == ["7F3K9QDXA2BCM"]


def test_a_code_too_far_away_is_told_from_one_that_is_not_there() -> None:
    picture = grey(qr("7F3K9QDXA2BCM"))
    assert measure_look(picture, (600, 330, 690, 420)) is Look.TOO_FAR
    assert measure_look(picture) is Look.FINE


def test_a_lamp_mirrored_in_a_code_is_glare_and_white_paper_is_not() -> None:
    dim = (grey(qr("7F3K9QDXA2BCM", module=10)) * 0.8).astype(np.uint8)
    place = (420, 140, 860, 580)
    assert measure_look(dim, place) is Look.FINE
    cv2.ellipse(dim, (640, 360), (90, 60), 0, 0, 360, (255,), -1)
    assert measure_look(dim, place) is Look.GLARE


def test_a_frame_smaller_than_any_code_gives_nothing() -> None:
    assert LiveDecoder().look(np.zeros((4, 4), dtype=np.uint8)) == []
