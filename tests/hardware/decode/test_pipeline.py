"""Codes are found in still pictures and live frames, and doubtful readings are not believed."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from hardware.decode import decode_image, pipeline
from hardware.decode.engines import Found, engine_report, engines
from hardware.decode.symbologies import STILL, settle
from hardware.ports import Picture, Reading, Symbology
from tests.hardware.pictures import frame, linear, qr, turned


def texts(readings: Sequence[Reading]) -> list[str]:
    return [reading.text for reading in readings]


class ScriptedEngine:
    """An engine that sees nothing quickly, and gives one list of readings a patient look, then nothing."""

    def __init__(self, name: str, *answers: list[Reading]) -> None:
        self.name = name
        self._answers = list(answers)

    def read(self, grey: Picture, names: Sequence[str], patient: bool = True) -> list[Reading]:
        return self._answers.pop(0) if self._answers and patient else []

    def look(self, grey: Picture, names: Sequence[str]) -> Found:
        return Found(self.read(grey, names), [])


def ean(text: str) -> Reading:
    return Reading(text, Symbology("ean13", "]E0"), ((0, 0), (9, 0), (9, 9), (0, 9)), "scripted")


def use_engines(monkeypatch: pytest.MonkeyPatch, *found: ScriptedEngine) -> None:
    monkeypatch.setattr(pipeline, "engines", lambda: found)


def test_a_qr_code_gives_its_text_its_symbology_and_where_it_is() -> None:
    (reading,) = decode_image(frame(qr("7F3K-9QDX-A2BC-M")))
    assert reading.text == "7F3K-9QDX-A2BC-M"
    assert reading.symbology == Symbology("qr", "]Q1")
    assert reading.engine == "zxing"
    assert all(400 < x < 880 and 200 < y < 520 for x, y in reading.corners)
    assert len(reading.corners) == 4


@pytest.mark.parametrize(
    ("text", "kind", "name", "aim"),
    [
        ("VOUCHER-42", "Code128", "code128", "]C0"),
        ("4006381333931", "EAN13", "ean13", "]E0"),
        ("96385074", "EAN8", "ean8", "]E4"),
        ("ABC-42", "Code39", "code39", "]A0"),
        ("VOUCHER 42", "DataMatrix", "data_matrix", "]d1"),
        ("VOUCHER 42", "Aztec", "aztec", "]z0"),
    ],
)
def test_other_codes_are_read_by_name(text: str, kind: str, name: str, aim: str) -> None:
    image = linear(text, kind) if name not in ("data_matrix", "aztec") else _matrix(text, kind)
    (reading,) = decode_image(image)
    assert (reading.text, reading.symbology) == (text, Symbology(name, aim))


def _matrix(text: str, kind: str) -> Picture:
    import zxingcpp

    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    return np.pad(np.array(code.to_image(scale=6), dtype=np.uint8), 40, constant_values=255)


def test_both_engines_call_a_upc_a_the_same_twelve_digits() -> None:
    image = linear("036000291452", "UPCA")
    for engine in engines():
        (reading,) = engine.read(image, STILL)
        assert (reading.symbology.name, reading.text) == ("upca", "036000291452"), engine.name


def test_an_ean_that_does_not_begin_with_zero_stays_an_ean() -> None:
    from hardware.decode.symbologies import BY_NAME

    assert settle(BY_NAME["ean13"], "4006381333931") == (Symbology("ean13", "]E0"), "4006381333931")


@pytest.mark.parametrize("degrees", [7, 90, 180, 200, 315])
def test_a_turned_code_is_read(degrees: int) -> None:
    assert texts(decode_image(turned(qr("TURNED"), degrees))) == ["TURNED"]


def test_a_light_on_dark_code_is_read() -> None:
    assert texts(decode_image(np.asarray(255 - qr("INVERTED"), dtype=np.uint8))) == ["INVERTED"]


def test_two_codes_in_one_picture_are_both_read() -> None:
    assert set(texts(decode_image(np.hstack([qr("FIRST"), qr("OTHER")])))) == {"FIRST", "OTHER"}


def test_an_itf_on_which_both_engines_agree_is_read() -> None:
    (reading,) = decode_image(linear("12345678901231", "ITF"))
    assert (reading.text, reading.symbology.name) == ("12345678901231", "itf")


def test_an_itf_that_one_engine_alone_reads_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [_scripted("itf", "123456")]
    use_engines(monkeypatch, ScriptedEngine("zxing", alone, alone, alone), ScriptedEngine("zbar"))
    assert decode_image(np.zeros((50, 50), dtype=np.uint8), budget=60) == []


def _scripted(name: str, text: str) -> Reading:
    return Reading(text, Symbology(name, ""), ((0, 0), (9, 0), (9, 9), (0, 9)), "scripted", confirmed=False)


@pytest.mark.parametrize("degrees", [17, 25, 38])
def test_a_blurred_noisy_turned_code_128_is_read_from_its_strips(degrees: int) -> None:
    code = linear("VOUCHER-42", "Code128", module=3)
    soft = cv2.GaussianBlur(turned(code, degrees, shade=200), (0, 0), 1.8).astype(np.float64)
    noisy = soft + np.random.default_rng(degrees).normal(0, 10, soft.shape)
    grey = np.clip(noisy, 0, 255).astype(np.uint8)
    assert not any(reading.confirmed for engine in engines() for reading in engine.read(grey, STILL))
    assert texts(decode_image(grey, budget=60)) == ["VOUCHER-42"]


def test_a_patient_look_is_spared_where_a_quick_one_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    class Quick(ScriptedEngine):
        looks: tuple[bool, ...] = ()

        def read(self, grey: Picture, names: Sequence[str], patient: bool = True) -> list[Reading]:
            self.looks = (*self.looks, patient)
            return [] if patient else [ean("4006381333931")]

    quick = Quick("zxing")
    use_engines(monkeypatch, quick)
    assert texts(decode_image(np.zeros((50, 50), dtype=np.uint8))) == ["4006381333931"]
    assert quick.looks == (False,)


def test_light_on_dark_and_a_very_large_code_are_read_by_the_patient_look() -> None:
    for picture in (255 - frame(qr("LIGHT-ON-DARK")), cv2.resize(frame(qr("LARGE")), None, fx=3, fy=3)):
        (reading,) = decode_image(np.asarray(picture, dtype=np.uint8), budget=60)
        assert reading.text in ("LIGHT-ON-DARK", "LARGE")


def test_what_was_read_once_is_given_as_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    use_engines(monkeypatch, ScriptedEngine("zxing", [], [ean("4006381333931")]), ScriptedEngine("zbar"))
    (reading,) = pipeline.decode_grey(np.zeros((50, 50), dtype=np.uint8), budget=60)
    assert (reading.text, reading.confirmed) == ("4006381333931", False)


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (5, 5), (200, 200), (200, 200, 3)])
def test_a_picture_without_a_code_gives_nothing(shape: tuple[int, ...]) -> None:
    assert decode_image(np.full(shape, 128, dtype=np.uint8)) == []


def test_noise_gives_nothing() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (240, 320), dtype=np.uint8)
    assert decode_image(noise) == []


def test_a_picture_with_another_number_of_channels_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="height x width"):
        decode_image(np.zeros((10, 10, 4), dtype=np.uint8))


def test_a_linear_code_from_a_single_retry_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    use_engines(monkeypatch, ScriptedEngine("zxing", [], [ean("4006381333931")]), ScriptedEngine("zbar"))
    assert decode_image(np.zeros((50, 50), dtype=np.uint8), budget=60) == []


def test_a_linear_code_on_which_two_retries_agree_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    again = [ean("4006381333931")]
    use_engines(monkeypatch, ScriptedEngine("zxing", [], again), ScriptedEngine("zbar", [], again))
    (reading,) = decode_image(np.zeros((50, 50), dtype=np.uint8), budget=60)
    assert reading.text == "4006381333931"
    assert reading.confirmed


def test_two_retries_that_read_different_texts_do_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    zxing = ScriptedEngine("zxing", [], [ean("4006381333931")])
    use_engines(monkeypatch, zxing, ScriptedEngine("zbar", [], [ean("9780201379624")]))
    assert decode_image(np.zeros((50, 50), dtype=np.uint8), budget=60) == []


def test_no_retry_begins_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    use_engines(monkeypatch, ScriptedEngine("zxing", [], [ean("1")], [ean("1")]))
    assert decode_image(np.zeros((50, 50), dtype=np.uint8), budget=0) == []


def test_corners_found_in_a_turned_view_are_led_back_to_the_picture() -> None:
    view = pipeline._turned(22)(np.zeros((300, 400), dtype=np.uint8))
    assert view.back is not None
    middle = (view.grey.shape[1] // 2, view.grey.shape[0] // 2)
    x, y = pipeline._moved(middle, view.back)
    assert (abs(x - 200) <= 2, abs(y - 150) <= 2) == (True, True)


def test_both_engines_are_at_work_here() -> None:
    assert [engine.name for engine in engines()] == ["zxing", "zbar"]
    assert engine_report() == "Codes are read with zxing-cpp and zbar."
