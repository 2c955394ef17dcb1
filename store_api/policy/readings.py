"""What a term's test says, generated from the test itself: `agreement length is 24 months or more`.

Stands beside the sentence that somebody wrote, so that the two can be compared. Must know nothing of
decisions.
"""

from __future__ import annotations

from collections.abc import Mapping

from store_api.policy.model import Among, Term
from store_api.policy.words import Words, uncapitalised

_EN: Mapping[str, str] = {
    "is": "{fact} is {bound}",
    "is_not": "{fact} is not {bound}",
    "one_of": "{fact} is {bound}",
    "none_of": "{fact} is not {bound}",
    "at_least": "{fact} is {bound} or more",
    "at_most": "{fact} is {bound} or less",
    "more_than": "{fact} is more than {bound}",
    "less_than": "{fact} is less than {bound}",
    "between": "{fact} is from {bound}, both included",
    "on_or_after": "{fact} is {bound} or later",
    "on_or_before": "{fact} is {bound} or earlier",
    "after": "{fact} is after {bound}",
    "before": "{fact} is before {bound}",
    "at_least_ago": "{fact} is {bound} ago or longer",
    "within_last": "{fact} is less than {bound} ago and not to come",
    "within_next": "{fact} is today or at most {bound} ahead",
    "contains": "{fact} include {bound}",
    "contains_none_of": "{fact} do not include {bound}",
    "size_at_most": "{fact} are {bound} or fewer",
    "not": "it is not so that {reading}",
}

_ES: Mapping[str, str] = {
    "is": "{fact} es {bound}",
    "is_not": "{fact} no es {bound}",
    "one_of": "{fact} es {bound}",
    "none_of": "{fact} no es {bound}",
    "at_least": "{fact} es {bound} o más",
    "at_most": "{fact} es {bound} o menos",
    "more_than": "{fact} es más de {bound}",
    "less_than": "{fact} es menos de {bound}",
    "between": "{fact} es de {bound}, ambos incluidos",
    "on_or_after": "{fact} es el {bound} o después",
    "on_or_before": "{fact} es el {bound} o antes",
    "after": "{fact} es después del {bound}",
    "before": "{fact} es antes del {bound}",
    "at_least_ago": "{fact} es hace {bound} o más",
    "within_last": "{fact} es hace menos de {bound} y no está por venir",
    "within_next": "{fact} es hoy o dentro de {bound} como máximo",
    "contains": "{fact} incluyen {bound}",
    "contains_none_of": "{fact} no incluyen {bound}",
    "size_at_most": "{fact} son {bound} o menos",
    "not": "no es cierto que {reading}",
}

READINGS: Mapping[str, Mapping[str, str]] = {"en": _EN, "es": _ES}


def reading(term: Term, words: Words) -> str:
    """The test in words, no full stop and no capital; another fact in the bound goes by its name."""
    patterns = READINGS.get(words.language, _EN)
    fact = uncapitalised(words.label(term.fact))
    told = patterns[term.test].format(fact=fact, bound=_bound(term, words))
    return patterns["not"].format(reading=told) if term.negated else told


def _bound(term: Term, words: Words) -> str:
    if isinstance(term.bound, Among):
        return words.listed([words.value(words.fact(term.fact), value) for value in term.bound.values])
    return words.bound(term, {})
