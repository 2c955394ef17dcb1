"""Keeps the decoding process: starts it, asks it, kills it when it is slow, and starts it again.

What it must not know: pictures and engines; those live on the other side of the pipe, so that a picture
made to break a library breaks that process and nothing else.

Many threads may ask; they are served one after another. The time limit counts from the moment at which
the process was handed the picture, not from when a thread began to wait for its turn.
"""

from __future__ import annotations

import atexit
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from hardware.decode import wire
from hardware.ports import DecodeAnswer, DecodeFault, DecodeTrouble, Picture

PROJECT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 30.0
"""Importing takes half a second; a loaded machine may need many times that."""


class TookTooLong(Exception):
    """The process did not answer within its time."""


class DecodeWorker:
    """The decoder in a process of its own.

    `seconds` is the wall time for one picture, `memory_mb` the address space above what the imports take.
    Use as a context manager or call `close`; it also closes when the interpreter ends.
    """

    def __init__(self, seconds: float = 1.0, memory_mb: int = 256) -> None:
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.engines = ""
        self.restarts = 0
        atexit.register(self.close)

    def decode_bytes(self, data: bytes) -> DecodeAnswer:
        """Decode a whole picture file; faults come back in the answer."""
        return self._ask(wire.pack({"ask": "still"}, data))

    def decode_frame(self, grey: Picture, stream: int = 0) -> DecodeAnswer:
        """Decode one live frame (grey, height x width, uint8) of a stream of frames."""
        height, width = grey.shape
        head = {"ask": "frame", "height": height, "width": width, "stream": stream}
        return self._ask(wire.pack(head, grey.tobytes()))

    def start(self) -> str:
        """Start the process now instead of at the first picture; gives a sentence on its engines."""
        with self._turn:
            try:
                self._running()
            except (wire.BrokenWire, OSError) as error:
                self._stop()
                return f"The decoding process does not start ({error})."
            return self.engines

    def close(self) -> None:
        """End the process and wait for it; safe to call again."""
        with self._turn:
            self._stop()
        atexit.unregister(self.close)

    def __enter__(self) -> DecodeWorker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The process's id while it lives."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def _ask(self, message: bytes) -> DecodeAnswer:
        with self._turn:
            try:
                process = self._running()
                return _exchange(process, message, time.monotonic() + self._seconds)
            except TookTooLong:
                self._stop()
                return _trouble(DecodeFault.TOOK_TOO_LONG, f"It took more than {self._seconds:g} s.")
            except (wire.BrokenWire, OSError) as error:
                self._stop()
                return _trouble(DecodeFault.DECODER_DIED, f"The decoding process ended ({error}).")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        if self._process is not None:
            self.restarts += 1
            self._stop()
        self._process = self._spawn()
        return self._process

    def _spawn(self) -> subprocess.Popen[bytes]:
        budget = self._seconds * 0.8
        command = [sys.executable, "-m", "hardware.decode.inside", str(self._memory_mb), f"{budget:g}"]
        process = subprocess.Popen(  # noqa: S603 - our own module, no outside text in the command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        self._process = process
        try:
            head, _ = wire.unpack(_reader(process, time.monotonic() + START_SECONDS))
        except TookTooLong as error:
            raise wire.BrokenWire("it did not start") from error
        self.engines = str(head.get("engines", ""))
        return process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            _shut(pipe)
        process.wait()


def _environment() -> dict[str, str]:
    """The parent's environment with our packages on the path and number libraries kept to one thread."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_ARENA_MAX"), "1")
    return {**os.environ, **threads, "PYTHONPATH": str(PROJECT)}


def _exchange(process: subprocess.Popen[bytes], message: bytes, end: float) -> DecodeAnswer:
    _write(process, message, end)
    head, _ = wire.unpack(_reader(process, end))
    return wire.answer_from_json(head)


def _write(process: subprocess.Popen[bytes], message: bytes, end: float) -> None:
    """Hand a message over in pieces, so that a process that does not read cannot hold the caller."""
    assert process.stdin is not None
    descriptor = process.stdin.fileno()
    os.set_blocking(descriptor, False)
    rest = memoryview(message)
    while rest:
        _wait(descriptor, selectors.EVENT_WRITE, end)
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            continue


def _reader(process: subprocess.Popen[bytes], end: float) -> Callable[[int], bytes]:
    """Gives a function that reads an exact number of bytes until `end`, a moment of the monotonic clock."""
    assert process.stdout is not None
    descriptor = process.stdout.fileno()

    def read_exactly(count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            _wait(descriptor, selectors.EVENT_READ, end)
            part = os.read(descriptor, count - len(parts))
            if not part:
                raise wire.BrokenWire("its output closed")
            parts += part
        return bytes(parts)

    return read_exactly


def _wait(descriptor: int, event: int, end: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, event)
        if not selector.select(max(0.0, end - time.monotonic())):
            raise TookTooLong


def _shut(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        try:
            pipe.close()
        except OSError:
            return


def _trouble(fault: DecodeFault, detail: str) -> DecodeAnswer:
    return DecodeAnswer(trouble=DecodeTrouble(fault, detail))
