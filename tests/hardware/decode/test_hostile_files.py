"""Files made to hurt cost one picture each and never the host; the page waits for none of them."""

from __future__ import annotations

import random
import struct
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from hardware.decode import DecodeWorker
from hardware.ports import DecodeAnswer, DecodeFault
from tests.hardware.pictures import file_of, linear, png, qr

KINDS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP")
FILES = 5000


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(side: int) -> bytes:
    """A PNG whose header promises `side` x `side` pixels, with well packed emptiness behind it."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1 << 22), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A PNG with a packed text of 64 MB beside its pixels."""
    packed = zlib.compress(b"A" * (1 << 26), 9)
    whole = png(qr("TEXT"))
    return whole[:33] + chunk(b"zTXt", b"note\x00\x00" + packed) + whole[33:]


def whole_files() -> list[bytes]:
    drawn = [
        Image.fromarray(qr("HURT", module=3)),
        Image.fromarray(linear("4006381333931", "EAN13", module=2)),
    ]
    noise = np.random.default_rng(3).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    return [
        file_of(image.convert("RGB"), kind) for image in (*drawn, Image.fromarray(noise)) for kind in KINDS
    ]


def hostile(chance: random.Random, whole: list[bytes]) -> bytes:
    """One file: hurt, of the wrong kind, cut, a bomb, or rubbish behind a right beginning."""
    data = bytearray(chance.choice(whole))
    match chance.randrange(12):
        case 0:
            return data[: chance.randrange(len(data))]
        case 1:
            return chance.choice(
                (b"%PDF-1.7\n", b"<svg xmlns=", b"PK\x03\x04", b"GIF89a", b"BM")
            ) + chance.randbytes(400)
        case 2:
            return bytes(data[:24]) + chance.randbytes(chance.randrange(2000))
        case 3:
            return png_bomb(chance.choice((1 << 14, 20_000, 60_000, 4_000)))
        case 4:
            return bytes(data) + chance.choice(whole)
        case _:
            for _ in range(chance.randint(1, 30)):
                place = chance.randrange(len(data))
                data[place : place + chance.randint(0, 6)] = chance.randbytes(chance.randint(0, 6))
    return bytes(data)


def is_fair(answer: DecodeAnswer) -> bool:
    """Either a reason, or a look that invented nothing."""
    texts = {reading.text for reading in answer.readings if reading.confirmed}
    return answer.trouble is not None or texts <= {"HURT", "TEXT", "4006381333931"}


@pytest.fixture
def worker() -> Iterator[DecodeWorker]:
    with DecodeWorker(seconds=5.0) as started:
        started.start()
        yield started


@pytest.mark.parametrize("side", [20_000, 60_000, (1 << 31) - 1])
def test_a_header_that_promises_too_much_is_refused_unpacked(worker: DecodeWorker, side: int) -> None:
    answer = worker.decode_bytes(png_bomb(side))
    assert answer.trouble is not None
    assert answer.trouble.fault in (DecodeFault.TOO_LARGE, DecodeFault.DAMAGED)
    assert worker.process_id is not None


def test_a_packed_text_in_a_picture_is_not_unpacked_into_the_host(worker: DecodeWorker) -> None:
    assert is_fair(worker.decode_bytes(text_bomb()))
    assert [reading.text for reading in worker.decode_bytes(png(qr("ALIVE"))).readings] == ["ALIVE"]


def test_a_host_answers_while_hostile_pictures_are_looked_at(worker: DecodeWorker) -> None:
    chance, whole = random.Random(8), whole_files()  # noqa: S311 - the same files every time
    longest, last = 0.0, time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(worker.decode_bytes, hostile(chance, whole)) for _ in range(80)]
        while not all(job.done() for job in waiting):
            time.sleep(0.01)
            now = time.monotonic()
            longest, last = max(longest, now - last), now
    assert all(is_fair(job.result()) for job in waiting)
    assert longest < 2.0


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_five_thousand_hostile_files_leave_the_host_alive(worker: DecodeWorker) -> None:
    chance, whole = random.Random(20261124), whole_files()  # noqa: S311 - the same files every time
    host = time.process_time()
    for number in range(FILES):
        assert is_fair(worker.decode_bytes(hostile(chance, whole))), number
    assert [reading.text for reading in worker.decode_bytes(png(qr("ALIVE"))).readings] == ["ALIVE"]
    assert time.process_time() - host < 300
