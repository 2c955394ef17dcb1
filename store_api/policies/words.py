"""A policy version in public words: what anybody may read without signing in.

What it is for: title, what it gives, what it asks for and what it is declared not to ask for, in every
language. Every sentence comes from the policy, the catalogue or the policy core's own words.
What it must not know: the database, Flask, any customer.
"""

from __future__ import annotations

from collections.abc import Callable

from store_api.contract import PolicyText, Words
from store_api.policy.facts import Catalogue
from store_api.policy.model import TODAY, PolicyVersion
from store_api.policy.vocabulary import says_in
from store_api.policy.words import Words as Phrases

LANGUAGES = ("en", "es")

GIVES: dict[str, Words] = {
    "instant_credit": {
        "en": "{amount} off your order in the store.",
        "es": "{amount} menos en su pedido en la tienda.",
    },
    "bill_credit": {
        "en": "{amount} back on your bills, over {months} months.",
        "es": "{amount} de vuelta en sus facturas, a lo largo de {months} meses.",
    },
    "percent_off": {"en": "{percent} off.", "es": "{percent} de descuento."},
    "fee_waiver": {"en": "{percent} of a fee waived.", "es": "No se cobra el {percent} de un cargo."},
    "upgrade_right": {
        "en": "The right to change this line's device.",
        "es": "El derecho a cambiar el equipo de esta línea.",
    },
}
"""What a benefit of each kind gives, in a sentence."""

RANGE: Words = {"en": "{low} to {high}", "es": "{low} a {high}"}


def put_in_words(version: PolicyVersion, catalogue: Catalogue) -> PolicyText:
    """The version's public words. `effective_until` is the first day on which it is not in force."""
    return PolicyText(
        policy=version.policy,
        version=version.version,
        title=dict(version.title),
        summary=_in_each(lambda language: _summary(version, Phrases(language, catalogue))),
        effective_from=version.effective_from,
        effective_until=version.effective_until,
        binds_to_issue=version.binds != TODAY,
        terms=_terms(version, catalogue),
        not_required=_not_required(version, catalogue),
        digest=version.digest,
    )


def _in_each(make: Callable[[str], str]) -> Words:
    return {language: make(language) for language in LANGUAGES}


def _terms(version: PolicyVersion, catalogue: Catalogue) -> tuple[Words, ...]:
    """Every term's sentence with the policy's own bounds; what depends on a person goes by its name."""
    phrases = {language: Phrases(language, catalogue) for language in LANGUAGES}
    return tuple(
        {language: phrases[language].says(term, {}) for language in LANGUAGES} for term in version.terms
    )


def _not_required(version: PolicyVersion, catalogue: Catalogue) -> tuple[Words, ...]:
    claims = [catalogue.claims[key] for key in version.not_required]
    return tuple(
        {language: says_in(claim.says, language, claim.id) for language in LANGUAGES} for claim in claims
    )


def _summary(version: PolicyVersion, phrases: Phrases) -> str:
    benefit = version.benefit
    percent = phrases.percent(benefit.percent) if benefit.percent is not None else ""
    sentence = GIVES[benefit.kind][phrases.language]
    return sentence.format(amount=_amount(version, phrases), percent=percent, months=benefit.months or 0)


def _amount(version: PolicyVersion, phrases: Phrases) -> str:
    """The benefit's amount, or the range of its tiers."""
    amounts = [tier.amount for tier in version.benefit.tiers]
    if version.benefit.amount is not None:
        amounts = [version.benefit.amount]
    if not amounts:
        return ""
    shown = [phrases.money(amount) for amount in amounts]
    return shown[0] if len(shown) == 1 else RANGE[phrases.language].format(low=shown[0], high=shown[-1])
