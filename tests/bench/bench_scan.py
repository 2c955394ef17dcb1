"""How soon a voucher that is held up is read, and what a frame costs.

Films of 1280 x 720 on a busy background (tests/hardware/films.py), each until the first right read or 40
frames. Times are the processor's own for this process, so that other work on the machine counts little.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import cv2
import numpy as np

from hardware.camera.sightings import Sightings
from hardware.decode.live import LiveDecoder
from hardware.decode.looks import measure_look
from tests.hardware.films import CONDITIONS, KINDS, TEXT, Film, films

FRAMES = 40
SEEDS = 4


@dataclass
class Tally:
    """What the films of one row gave."""

    films: int = 0
    read: int = 0
    frames: list[int] = field(default_factory=list)
    wrong: int = 0
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


def play(film: Film, tally: Tally) -> None:
    """Decode one film until its voucher was reported, as the camera loop does."""
    decoder, sightings = LiveDecoder(), Sightings()
    tally.films += 1
    for number, frame in enumerate(film.frames(FRAMES), start=1):
        grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        cpu, wall = time.process_time(), time.perf_counter()
        readings = decoder.look(grey)
        if not readings:
            measure_look(grey, decoder.place)
        tally.cpu.append((time.process_time() - cpu) * 1000)
        tally.wall.append((time.perf_counter() - wall) * 1000)
        told = [reading.text for reading in sightings.see(readings, number / 15)]
        tally.wrong += sum(text != TEXT for text in told)
        if TEXT in told:
            tally.read += 1
            tally.frames.append(number)
            return


def main() -> None:
    """Print a table by kind and condition, and the totals."""
    cv2.setNumThreads(1)
    print("live scanning, 1280 x 720; times in ms of processor time (wall time in brackets)")
    print(f"{'kind':15} {'condition':10} read    frames(median,max)  wrong  median  95th   max")
    rows = {(kind, condition): Tally() for kind in KINDS for condition in CONDITIONS}
    for film in films(SEEDS):
        play(film, rows[film.kind, film.condition])
    for (kind, condition), tally in rows.items():
        _row(kind, condition, tally)
    total = Tally()
    for tally in rows.values():
        total.films, total.read, total.wrong = (
            total.films + tally.films,
            total.read + tally.read,
            total.wrong + tally.wrong,
        )
        total.frames += tally.frames
        total.cpu += tally.cpu
        total.wall += tally.wall
    _row("all", "", total)
    print(f"read within {FRAMES} frames: {total.read / total.films:.1%}; frames decoded: {len(total.cpu)}")


def _row(kind: str, condition: str, tally: Tally) -> None:
    frames = f"{np.median(tally.frames):.0f},{max(tally.frames)}" if tally.frames else "-"
    cpu = f"{np.median(tally.cpu):6.1f} {np.percentile(tally.cpu, 95):6.1f} {max(tally.cpu):6.1f}"
    wall = f"({np.percentile(tally.wall, 95):.1f}, {max(tally.wall):.1f})"
    print(
        f"{kind:15} {condition:10} {tally.read:2}/{tally.films:<3} {frames:>12} {tally.wrong:9}  {cpu} {wall}"
    )
