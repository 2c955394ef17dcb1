"""The decoding process is limited, is replaced when it ends, and leaves nothing behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware.decode import DecodeWorker, decode_file
from hardware.decode.fake import FakeDecoder, answer_with
from hardware.ports import DecodeAnswer, DecodeFault, Decoder
from tests.hardware.pictures import file_of, png, qr

PATIENT = 30.0
"""Seconds for a picture on a machine that runs other tests at the same time."""


@pytest.fixture(scope="module")
def worker() -> Iterator[DecodeWorker]:
    with DecodeWorker(seconds=PATIENT) as started:
        yield started


def texts(answer: DecodeAnswer) -> list[str]:
    return [reading.text for reading in answer.readings]


def is_there(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_picture_file_is_decoded_outside_of_this_process(worker: DecodeWorker) -> None:
    answer = worker.decode_bytes(png(qr("OUTSIDE")))
    assert texts(answer) == ["OUTSIDE"]
    assert answer.readings[0].symbology.aim == "]Q1"
    assert (answer.width, answer.height) == (qr("OUTSIDE").shape[1], qr("OUTSIDE").shape[0])
    assert worker.process_id not in (None, os.getpid())


def test_a_live_frame_is_decoded_and_measured(worker: DecodeWorker) -> None:
    assert texts(worker.decode_frame(qr("FRAME"))) == ["FRAME"]
    dark = worker.decode_frame(np.zeros((720, 1280), dtype=np.uint8))
    assert (dark.readings, dark.look) == ((), "too_dark")


def test_many_threads_get_each_their_own_answer(worker: DecodeWorker) -> None:
    pictures = {f"THREAD-{number}": png(qr(f"THREAD-{number}")) for number in range(24)}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(worker.decode_bytes, pictures.values()))
    assert [texts(answer) for answer in answers] == [[name] for name in pictures]


def test_a_process_that_hangs_is_killed_and_the_next_picture_is_read() -> None:
    with DecodeWorker(seconds=0.3) as worker:
        worker.start()
        hung = worker.process_id
        assert hung is not None
        os.kill(hung, signal.SIGSTOP)
        trouble = worker.decode_bytes(png(qr("HUNG"))).trouble
        assert trouble is not None
        assert trouble.fault is DecodeFault.TOOK_TOO_LONG
        assert not is_there(hung)
        worker.start()
        assert worker.process_id not in (None, hung)


def test_a_process_that_dies_is_replaced() -> None:
    with DecodeWorker(seconds=PATIENT) as worker:
        worker.start()
        first = worker.process_id
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        os.kill(first, signal.SIGKILL)
        answers = [worker.decode_bytes(png(qr("AGAIN"))) for _ in range(2)]
        assert texts(answers[1]) == ["AGAIN"]
        assert worker.process_id != first


def test_a_picture_that_needs_too_much_memory_is_refused_and_the_next_is_read() -> None:
    wide = file_of(Image.new("RGB", (4800, 4800)), "PNG")
    with DecodeWorker(seconds=PATIENT, memory_mb=24) as worker:
        trouble = worker.decode_bytes(wide).trouble
        assert trouble is not None
        assert trouble.fault in (DecodeFault.OUT_OF_MEMORY, DecodeFault.DECODER_DIED)
        assert texts(worker.decode_bytes(png(qr("SMALL")))) == ["SMALL"]


def test_closing_ends_the_process_and_leaves_no_zombie() -> None:
    worker = DecodeWorker(seconds=PATIENT)
    worker.start()
    process_id = worker.process_id
    assert process_id is not None
    worker.close()
    worker.close()
    assert not is_there(process_id)
    assert worker.process_id is None


def test_several_hundred_damaged_files_leave_the_host_alive(worker: DecodeWorker) -> None:
    chance = random.Random(20261122)  # noqa: S311 - the same damage every time
    whole = [
        file_of(Image.fromarray(qr("HURT", module=3)), kind)
        for kind in ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP")
    ]
    for number in range(360):
        answer = worker.decode_bytes(_hurt(whole[number % len(whole)], chance))
        assert set(texts(answer)) <= {"HURT"}
    assert texts(worker.decode_bytes(png(qr("ALIVE")))) == ["ALIVE"]


def _hurt(data: bytes, chance: random.Random) -> bytes:
    """The file with bytes changed, cut out, doubled, or its tail gone."""
    hurt = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(hurt)) if hurt else 0
        match chance.randrange(5):
            case 0 | 1:
                hurt[place : place + 1] = bytes([chance.randrange(256)])
            case 2:
                del hurt[place : place + chance.randint(1, 40)]
            case 3:
                hurt[place:place] = hurt[place : place + 40]
            case _ if chance.random() < 0.3:
                del hurt[place:]
            case _:
                hurt[min(16, place) : min(24, place)] = chance.randbytes(8)
    return bytes(hurt)


def test_a_file_is_decoded_by_its_path(worker: DecodeWorker, tmp_path: Path) -> None:
    path = tmp_path / "voucher.png"
    path.write_bytes(png(qr("BY-PATH")))
    assert texts(decode_file(path, worker)) == ["BY-PATH"]
    assert texts(decode_file(path.read_bytes(), worker)) == ["BY-PATH"]


def test_a_file_that_is_not_there_is_told_in_words(worker: DecodeWorker, tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.png", tmp_path):
        trouble = decode_file(path, worker).trouble
        assert trouble is not None
        assert trouble.fault is DecodeFault.UNREADABLE_FILE


def test_the_fake_keeps_the_same_promises() -> None:
    fake = FakeDecoder([answer_with("FIRST")])
    decoder: Decoder = fake
    assert texts(decoder.decode_bytes(b"")) == ["FIRST"]
    assert texts(decoder.decode_frame(qr("X"))) == []
    decoder.close()
    assert fake.closed


def test_a_process_that_cannot_start_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with DecodeWorker() as worker:
        assert "does not start" in worker.start()
        trouble = worker.decode_bytes(png(qr("NEVER"))).trouble
    assert trouble is not None
    assert trouble.fault is DecodeFault.DECODER_DIED


def test_the_process_ends_when_its_parent_is_killed() -> None:
    code = "import os, signal; from hardware.decode import DecodeWorker; w = DecodeWorker(); w.start()\n"
    code += "print(w.process_id, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    root = Path(__file__).resolve().parent.parent.parent.parent
    parent = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    orphan = int(parent.stdout)
    end = time.monotonic() + PATIENT
    while is_there(orphan) and time.monotonic() < end:
        time.sleep(0.01)
    assert not is_there(orphan) or _is_zombie(orphan)


def _is_zombie(process_id: int) -> bool:
    """Whether only its entry is left, which belongs to whoever adopted it."""
    return Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").split()[2] == "Z"
