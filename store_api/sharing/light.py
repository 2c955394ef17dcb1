"""The light: who sees the same sheet, from what each face has reported. Pure.

What it is for: the one rule of when somebody is there and when they see the sheet. Nobody is taken to see
what their own face has not reported as drawn.
What it must not know: the database, Flask, the clock, words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

GONE_AFTER = dt.timedelta(seconds=25)
"""A face reports every 8 seconds: after three reports that did not come it is gone."""
ORDER = ("customer", "rep", "manager", "owner", "account_manager", "care", "guest")


@dataclass(frozen=True)
class Face:
    """What is known of one participant's face; `terms_code` is the one last reported as drawn."""

    participant_id: str
    caller_id: str
    role: str
    name: str | None
    seen_at: dt.datetime
    terms_code: str | None
    has_left: bool = False


@dataclass(frozen=True)
class Lamp:
    """One participant of the light."""

    face: Face
    is_you: bool
    is_here: bool
    sees: bool


def light(faces: Iterable[Face], terms_code: str | None, you: str, now: dt.datetime) -> tuple[Lamp, ...]:
    """Everybody in the visit: you first, then by role and name. `terms_code` is that of the visit now."""
    lamps = [_lamp(face, terms_code, you, now) for face in faces]
    return tuple(sorted(lamps, key=_place))


def is_here(face: Face, now: dt.datetime) -> bool:
    """Whether a face is there: it has not left, and its last report is not old."""
    return not face.has_left and now - face.seen_at < GONE_AFTER


def _lamp(face: Face, terms_code: str | None, you: str, now: dt.datetime) -> Lamp:
    here = is_here(face, now)
    shows = terms_code is not None and face.terms_code == terms_code and face.role != "guest"
    return Lamp(face, face.caller_id == you, here, here and shows)


def _place(lamp: Lamp) -> tuple[bool, int, str, str]:
    face = lamp.face
    return not lamp.is_you, ORDER.index(face.role), face.name or "", face.participant_id
