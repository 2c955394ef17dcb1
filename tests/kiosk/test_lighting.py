"""The light in words: true by report, for whoever looks, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.lighting import ALL, ALONE, BEHIND, LOOKING, NO_SHEET, WAITS, light_of
from store_api import contract as wire
from tests.kiosk.factories import CODE, participant

ROLES = ("customer", "rep", "manager", "owner", "account_manager", "care")
PEOPLE = st.lists(
    st.builds(
        participant,
        st.sampled_from(ROLES),
        st.sampled_from([None, "Jordan", "Kim"]),
        is_here=st.booleans(),
        sees=st.booleans(),
    ),
    max_size=5,
)


def circle(*people: wire.Participant, code: str | None = CODE) -> wire.Circle:
    named = tuple(
        each.model_copy(update={"sees": each.sees and each.is_here and code is not None}) for each in people
    )
    return wire.Circle(visit_id="vis_1", revision=3, terms_code=code, participants=named)


YOU = participant("customer", is_you=True, sees=True)
JORDAN = participant("rep", "Jordan", sees=True)
OWNER = participant("owner", sees=True)


def test_everybody_who_sees_it_is_named_and_you_first() -> None:
    light = light_of("en", circle(YOU, JORDAN, OWNER))
    assert (light.state, light.says) == (ALL, "You, Jordan (store) and the account owner see this sheet.")
    assert light.more == ()
    spanish = light_of("es", circle(YOU, JORDAN, OWNER)).says
    assert spanish == "Ven esta hoja: Usted, Jordan (tienda) y el titular de la cuenta."


def test_one_who_lags_is_named_and_one_who_has_gone() -> None:
    late, away = participant("rep", "Jordan"), participant("owner", is_here=False)
    light = light_of("en", circle(YOU, late, away))
    assert (light.state, light.says) == (WAITS, "Only you see this sheet.")
    assert light.more == ("Jordan (store) does not see it yet.", "The account owner is not there now.")
    assert light.lamps == (
        ("sees", "You"),
        ("waits", "Jordan (store)"),
        ("gone", "the account owner"),
    )


@pytest.mark.parametrize("sees", [True, False])
def test_a_page_that_shows_another_sheet_says_so_itself(sees: bool) -> None:
    you = participant("customer", is_you=True, sees=sees)
    light = light_of("en", circle(you, JORDAN), "AAAAA-AAAAA")
    assert light.state == BEHIND
    assert light.says == "This page does not show the newest sheet yet."


def test_a_page_that_has_not_reported_yet_claims_nothing() -> None:
    light = light_of("en", circle(participant("customer", is_you=True), JORDAN))
    assert (light.state, light.says) == (LOOKING, "Finding out who sees this sheet.")


def test_alone_without_a_sheet_and_on_a_page_that_has_none() -> None:
    assert light_of("en", circle(YOU)).state == ALONE
    assert light_of("en", circle(YOU, JORDAN, code=None)).says == "There is no sheet to see yet."
    elsewhere = light_of("en", circle(participant("customer", is_you=True), JORDAN), has_sheet=False)
    assert (elsewhere.state, elsewhere.says) == (NO_SHEET, "The sheet is seen by: Jordan (store).")


@given(PEOPLE, st.sampled_from(["en", "es"]))
def test_nobody_is_said_to_see_what_their_face_has_not_reported(
    people: list[wire.Participant], language: str
) -> None:
    found = circle(YOU, *people)
    light = light_of(language, found)
    here = [each for each in found.participants if each.is_here]
    assert [lamp for lamp, _ in light.lamps].count("sees") == sum(each.sees for each in here)
    assert (light.state in (ALL, ALONE)) == all(each.sees for each in here)


def test_a_guest_is_not_in_the_light() -> None:
    assert light_of("en", circle(YOU, participant("guest"))).state == ALONE
