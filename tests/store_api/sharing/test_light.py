"""The light's one rule: nobody sees what their own face has not reported as drawn."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from store_api.sharing.light import GONE_AFTER, ORDER, Face, light

NOW = dt.datetime(2026, 11, 21, 16, tzinfo=dt.UTC)
CODES = st.sampled_from([None, "AAAAA-AAAAA", "BBBBB-BBBBB"])
FACES = st.lists(
    st.builds(
        Face,
        participant_id=st.integers().map(str),
        caller_id=st.sampled_from("abcd"),
        role=st.sampled_from(ORDER),
        name=st.sampled_from([None, "Jordan", "Kim"]),
        seen_at=st.integers(0, 60).map(lambda seconds: NOW - dt.timedelta(seconds=seconds)),
        terms_code=CODES,
        has_left=st.booleans(),
    ),
    max_size=6,
)


@given(FACES, CODES)
def test_who_sees_is_here_and_has_reported_the_very_sheet(faces: list[Face], code: str | None) -> None:
    for lamp in light(faces, code, "a", NOW):
        face = lamp.face
        assert lamp.is_here == (not face.has_left and NOW - face.seen_at < GONE_AFTER)
        assert lamp.sees == (
            lamp.is_here and code is not None and face.terms_code == code and face.role != "guest"
        )


@given(FACES, CODES, st.randoms())
def test_everybody_is_listed_once_and_the_order_does_not_hang_on_the_rows(
    faces: list[Face], code: str | None, chance: object
) -> None:
    shown = light(faces, code, "a", NOW)
    assert sorted(map(id, (lamp.face for lamp in shown))) == sorted(map(id, faces))
    yours = [lamp.is_you for lamp in shown]
    assert yours == sorted(yours, reverse=True), "you stand first"
    again = light(sorted(faces, key=repr, reverse=True), code, "a", NOW)
    key = [(lamp.is_you, lamp.face.role, lamp.face.name, lamp.face.participant_id) for lamp in shown]
    assert [(lamp.is_you, lamp.face.role, lamp.face.name, lamp.face.participant_id) for lamp in again] == key


@given(FACES)
def test_without_a_sheet_nobody_sees_one(faces: list[Face]) -> None:
    assert not any(lamp.sees for lamp in light(faces, None, "a", NOW))
