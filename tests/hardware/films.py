"""Films of a voucher held up to a camera, frame by frame: moved, turned, blurred, noisy, glared, far.

What it is for: the bench of live scanning, and tests that need frames as a camera gives them. A film is a
pure function of its name: the same kind, condition and seed give the same frames.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from hardware.ports import Picture
from tests.hardware.pictures import linear, qr

SIZE = (1280, 720)
KINDS = ("qr_paper", "qr_phone", "code128_paper", "code128_phone")
CONDITIONS = ("moved", "turned", "blurred", "noisy", "glared", "far")
TEXT = "7F3K9QDXA2BCM"


@dataclass(frozen=True, slots=True)
class Film:
    """A voucher of one kind under one condition."""

    kind: str
    condition: str
    seed: int

    def frames(self, count: int) -> Iterator[Picture]:
        """`count` frames (blue, green, red, 1280 x 720) at 15 a second."""
        chance = np.random.default_rng([KINDS.index(self.kind), CONDITIONS.index(self.condition), self.seed])
        ground, card = _ground(chance), _card(self.kind)
        start = _Pose.first(self.condition, chance)
        for number in range(count):
            pose = start.after(number, chance)
            frame = _hold_up(ground, card, pose)
            yield _spoil(frame, self.condition, number, chance)


@dataclass(frozen=True, slots=True)
class _Pose:
    """Where the card is: middle, turn in degrees, width in pixels, tilt."""

    x: float
    y: float
    turn: float
    width: float
    tilt: float
    speed: float

    @classmethod
    def first(cls, condition: str, chance: np.random.Generator) -> _Pose:
        turn = float(chance.choice([-25, -20, 20, 25])) if condition == "turned" else chance.normal(0, 4)
        width = chance.uniform(360, 430) if condition == "far" else chance.uniform(520, 700)
        speed = chance.uniform(60, 160) if condition == "moved" else 15.0
        return cls(
            640 + chance.normal(0, 60), 360 + chance.normal(0, 30), turn, width, chance.normal(0, 0.05), speed
        )

    def after(self, number: int, chance: np.random.Generator) -> _Pose:
        """A hand that sways slowly and trembles."""
        sway = np.sin(number / 6 + self.turn)
        return _Pose(
            self.x + self.speed * sway + chance.normal(0, 3),
            self.y + self.speed * 0.4 * np.cos(number / 7) + chance.normal(0, 3),
            self.turn + 2 * sway + chance.normal(0, 0.5),
            self.width * (1 + 0.04 * np.sin(number / 9)),
            self.tilt + 0.01 * sway,
            self.speed,
        )


def films(seeds: int) -> Iterator[Film]:
    """Every kind under every condition, `seeds` times."""
    for kind in KINDS:
        for condition in CONDITIONS:
            for seed in range(seeds):
                yield Film(kind, condition, seed)


def _ground(chance: np.random.Generator) -> Picture:
    """A shop counter with things, edges and print on it: busy, as behind a real hand."""
    ground = np.full((SIZE[1], SIZE[0], 3), 150, dtype=np.uint8)
    for _ in range(90):
        x, y = int(chance.integers(0, SIZE[0])), int(chance.integers(0, SIZE[1]))
        corner = (x + int(chance.integers(10, 220)), y + int(chance.integers(6, 160)))
        cv2.rectangle(ground, (x, y), corner, [int(value) for value in chance.integers(40, 235, 3)], -1)
    for _ in range(40):
        place = (int(chance.integers(0, SIZE[0])), int(chance.integers(0, SIZE[1])))
        shade = int(chance.integers(0, 90))
        cv2.putText(ground, "PRICE 49.99 OFFER", place, 0, 0.6, (shade, shade, shade), 1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(ground, (0, 0), 1.0), dtype=np.uint8)


def _card(kind: str) -> Picture:
    """A voucher 1000 x 560: paper, or a telephone in a dark case with the code on its screen."""
    phone = kind.endswith("phone")
    card = np.full((560, 1000), 30 if phone else 246, dtype=np.uint8)
    if phone:
        card[40:520, 40:960] = 235
    cv2.putText(card, "UPGRADE CREDIT $50.00", (110, 110), 0, 1.3, (40,), 3, cv2.LINE_AA)
    code = qr(TEXT, module=11) if kind.startswith("qr") else linear(TEXT, "Code128", module=4)
    top, left = 300 - code.shape[0] // 2 + 20, (1000 - code.shape[1]) // 2
    card[top : top + code.shape[0], left : left + code.shape[1]] = np.where(
        code > 128, 250 if not phone else 235, 25
    )
    if phone:
        # The grid of a screen: every third row of pixels is a little darker.
        card[::3] = (card[::3] * 0.9).astype(np.uint8)
    return card


def _hold_up(ground: Picture, card: Picture, pose: _Pose) -> Picture:
    high, wide = card.shape
    scale, turn = pose.width / wide, np.radians(pose.turn)
    corners = np.array([[-wide, -high], [wide, -high], [wide, high], [-wide, high]]) / 2 * scale
    corners[:, 1] *= 1 + pose.tilt * corners[:, 0] / pose.width * 2
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    target = (corners @ rotation.T + (pose.x, pose.y)).astype(np.float32)
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    there = cv2.getPerspectiveTransform(source, target)
    paper = cv2.warpPerspective(cv2.cvtColor(card, cv2.COLOR_GRAY2BGR), there, SIZE, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full_like(card, 255), there, SIZE)[:, :, None].astype(np.float32) / 255
    return np.asarray(ground * (1 - mask) + paper * mask, dtype=np.uint8)


def _spoil(frame: Picture, condition: str, number: int, chance: np.random.Generator) -> Picture:
    """What the camera makes of it: the condition at its own strength, and a little of everything."""
    sharpness = 0.7 + abs(chance.normal(0, 0.2))
    if condition == "blurred":
        sharpness = 1.8 + 0.7 * np.sin(number / 5)
    spoiled = cv2.GaussianBlur(frame, (0, 0), max(0.3, sharpness)).astype(np.float32)
    if condition == "moved":
        length = int(3 + 6 * abs(np.sin(number / 4)))
        spoiled = cv2.blur(spoiled, (length, 1))
    if condition == "glared":
        spot = np.zeros(frame.shape[:2], dtype=np.float32)
        cv2.ellipse(spot, (560 + 12 * number, 330), (150, 60), 30, 0, 360, (1.0,), -1)
        spoiled += (
            cv2.GaussianBlur(cv2.resize(spot, None, fx=0.25, fy=0.25), (0, 0), 12)
            .repeat(4, 0)
            .repeat(4, 1)[:, :, None]
            * 200
        )
    strength = 22.0 if condition == "noisy" else 4.0
    noise = chance.normal(0, strength, (SIZE[1] // 2, SIZE[0] // 2, 1)).astype(np.float32)
    spoiled += cv2.resize(noise, SIZE, interpolation=cv2.INTER_NEAREST)[:, :, None]
    return np.asarray(np.clip(spoiled, 0, 255), dtype=np.uint8)
