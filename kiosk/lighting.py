"""The light in words: who sees this sheet, who does not yet, who has gone.

What it is for: one sentence for every face, made from what the service knows by each face's own report.
What it must not know: which face shows it, requests, templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.words import say
from store_api.contract import Circle, Participant

NAMED = frozenset({"rep", "manager", "care"})
"""Staff are named; nobody of an account is."""
NO_SHEET, LOOKING, BEHIND, WAITS, ALONE, ALL = "none", "looking", "behind", "waits", "alone", "all"


@dataclass(frozen=True)
class Light:
    """What the light shows. `state` is none, looking (this page has not reported yet), behind (it shows
    another sheet), waits (for another), alone or all.
    """

    state: str
    says: str
    more: tuple[str, ...]
    lamps: tuple[tuple[str, str], ...]
    terms_code: str


def light_of(language: str, circle: Circle, shown: str | None = None, has_sheet: bool = True) -> Light:
    """The light of a circle for the face that asks. `shown` is the terms code that its page carries.

    A page without a sheet (`has_sheet` is false) cannot be behind: it says who sees it elsewhere.
    """
    here = [each for each in circle.participants if each.is_here and each.role != "guest"]
    gone = [each for each in circle.participants if not each.is_here and each.role != "guest"]
    return Light(
        state=_state(circle, here, shown, has_sheet),
        says=_says(language, circle, here, shown, has_sheet),
        more=_more(language, circle, here, gone),
        lamps=tuple((_lamp(circle, each), name_of(language, each)) for each in [*here, *gone]),
        terms_code=circle.terms_code or "",
    )


def name_of(language: str, who: Participant) -> str:
    """How somebody is called: you, a member of staff by name, else by what they are."""
    if who.is_you:
        return say(language, "light.you")
    if who.name is not None and who.role in NAMED:
        return say(language, f"light.role.{who.role}", name=who.name)
    return say(language, f"light.role.{who.role}.nameless")


def _state(circle: Circle, here: list[Participant], shown: str | None, has_sheet: bool) -> str:
    if circle.terms_code is None or not has_sheet:
        return NO_SHEET
    if shown is not None and shown != circle.terms_code:
        return BEHIND
    if not any(each.is_you and each.sees for each in here):
        return LOOKING
    if not all(each.sees for each in here):
        return WAITS
    return ALL if len(here) > 1 else ALONE


def _says(language: str, circle: Circle, here: list[Participant], shown: str | None, has_sheet: bool) -> str:
    seeing = [each for each in here if each.sees]
    state = _state(circle, here, shown, has_sheet)
    if circle.terms_code is None:
        return say(language, "light.none")
    if not has_sheet:
        others = [name_of(language, each) for each in seeing if not each.is_you]
        names = _join(language, others) if others else say(language, "light.nobody")
        return say(language, "light.elsewhere", names=names)
    if state in (BEHIND, LOOKING):
        return say(language, f"light.{state}")
    if [each.is_you for each in seeing] == [True]:
        return say(language, "light.only_you")
    return say(language, "light.see", names=_join(language, [name_of(language, each) for each in seeing]))


def _more(language: str, circle: Circle, here: list[Participant], gone: list[Participant]) -> tuple[str, ...]:
    lagging = [each for each in here if not each.sees and not each.is_you and circle.terms_code is not None]
    told = [say(language, "light.not_yet", name=_begin(name_of(language, each))) for each in lagging]
    away = [say(language, "light.gone", name=_begin(name_of(language, each))) for each in gone]
    return (*told, *away)


def _lamp(circle: Circle, who: Participant) -> str:
    if not who.is_here:
        return "gone"
    if circle.terms_code is None:
        return "here"
    return "sees" if who.sees else "waits"


def _join(language: str, names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return say(language, "light.and", first=", ".join(names[:-1]), last=names[-1])


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]
