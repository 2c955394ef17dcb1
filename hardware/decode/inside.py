"""The decoding process itself: reads pictures from its standard input and answers on its standard output.

What it must not know: who asks. It starts, imports what it needs, then forbids itself more memory than
that and `--memory-mb` above it, and ends when its input closes, so that it never outlives its parent.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from typing import IO, Any

import cv2
import numpy as np

from hardware.decode import wire
from hardware.decode.engines import engine_report
from hardware.decode.images import load_grey
from hardware.decode.live import LiveDecoder
from hardware.decode.looks import measure_look
from hardware.decode.pipeline import decode_grey
from hardware.ports import Box, DecodeAnswer, DecodeFault, DecodeTrouble, Look, Picture, Reading


def main(arguments: list[str]) -> int:
    """Serve until the input closes. Arguments: memory in MB above the imports, seconds for a still."""
    memory_mb, budget = int(arguments[0]), float(arguments[1])
    # Libraries print to descriptor 1; what belongs to the parent goes through a private copy of it.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    cv2.setNumThreads(1)
    report = engine_report()
    _warm_up()
    _limit_memory(memory_mb)
    _send(replies, wire.pack({"ready": True, "engines": report}))
    return _serve(sys.stdin.buffer, replies, budget)


def _serve(requests: IO[bytes], replies: IO[bytes], budget: float) -> int:
    def read_exactly(count: int) -> bytes:
        data = requests.read(count)
        if len(data) != count:
            raise EOFError
        return data

    live = LiveStream()
    while True:
        try:
            head, body = wire.unpack(read_exactly)
        except (EOFError, wire.BrokenWire):
            return 0
        _send(replies, wire.pack(wire.answer_to_json(_answer(head, body, budget, live))))


class LiveStream:
    """The decoder of the newest stream of frames; it forgets the one before."""

    def __init__(self) -> None:
        self._number, self._decoder = 0, LiveDecoder()

    def of(self, number: int) -> LiveDecoder:
        """The decoder for the frames of stream `number`."""
        if number != self._number:
            self._number, self._decoder = number, LiveDecoder()
        return self._decoder


def _answer(head: dict[str, Any], body: bytes, budget: float, live: LiveStream) -> DecodeAnswer:
    try:
        return _frame(head, body, live) if head["ask"] == "frame" else _still(body, budget)
    except MemoryError:
        return _trouble(DecodeFault.OUT_OF_MEMORY, "Looking at the picture took too much memory.")
    except cv2.error as error:
        # OpenCV reports a refused allocation as an error of its own, by number.
        if error.code == cv2.Error.StsNoMem:
            return _trouble(DecodeFault.OUT_OF_MEMORY, "Looking at the picture took too much memory.")
        return _trouble(DecodeFault.DAMAGED, "The picture cannot be worked on.")


def _still(body: bytes, budget: float) -> DecodeAnswer:
    end = time.monotonic() + budget
    grey = load_grey(body)
    if isinstance(grey, DecodeTrouble):
        return DecodeAnswer(trouble=grey)
    return _seen(grey, tuple(decode_grey(grey, end - time.monotonic())))


def _frame(head: dict[str, Any], body: bytes, live: LiveStream) -> DecodeAnswer:
    grey = np.frombuffer(body, dtype=np.uint8).reshape(int(head["height"]), int(head["width"]))
    decoder = live.of(int(head["stream"]))
    return _seen(grey, tuple(decoder.look(grey)), decoder.place)


def _seen(grey: Picture, readings: tuple[Reading, ...], place: Box | None = None) -> DecodeAnswer:
    """The answer with the picture's size and, where nothing was read, what may have kept it from being
    read."""
    height, width = grey.shape[:2]
    look = Look.FINE if readings else measure_look(grey, place)
    return DecodeAnswer(readings, None, look, width, height)


def _trouble(fault: DecodeFault, detail: str) -> DecodeAnswer:
    return DecodeAnswer(trouble=DecodeTrouble(fault, detail))


def _warm_up() -> None:
    """Run every path once, so that what libraries load late is counted as part of the imports."""
    blank = np.full((64, 64), 255, dtype=np.uint8)
    LiveDecoder().look(blank)
    decode_grey(blank)
    load_grey(cv2.imencode(".png", blank)[1].tobytes())
    load_grey(cv2.imencode(".jpg", blank)[1].tobytes())


def _limit_memory(megabytes: int) -> None:
    with open("/proc/self/statm", encoding="ascii") as statm:
        in_use = int(statm.read().split()[0]) * resource.getpagesize()
    limit = in_use + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _send(replies: IO[bytes], message: bytes) -> None:
    replies.write(message)
    replies.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
