"""A decision as JSON: what `decide --json` prints and the API stores."""

from __future__ import annotations

from typing import Any

from store_api.policy.decision import Decision, TermResult
from store_api.policy.evaluate import Facts
from store_api.policy.facts import Catalogue
from store_api.policy.values import value_to_json
from store_api.policy.vocabulary import says_in
from store_api.policy.ways import ways_to_yes
from store_api.policy.words import Words


def decision_to_json(decision: Decision, language: str, catalogue: Catalogue) -> dict[str, Any]:
    """Plain JSON data; sentences in the language, money as objects, dates and percentages as text."""
    words = Words(language, catalogue)
    horizon = decision.horizon
    ways = ways_to_yes(decision, catalogue)
    return {
        "policy": decision.policy.id,
        "version": decision.version,
        "outcome": decision.outcome,
        "on": decision.on.isoformat(),
        "zone": decision.zone,
        "codes": list(decision.codes),
        "benefit": decision.benefit.to_json() if decision.benefit is not None else None,
        "terms": [_term(result, decision.facts, words) for result in decision.terms],
        "not_required": [_claim(key, language, catalogue) for key in decision.not_required],
        "questions": [
            {"fact": key, "ask": catalogue.facts[key].asked_in(language)} for key in decision.questions
        ],
        "unavailable": [{"fact": key, "source": catalogue.facts[key].source} for key in decision.unavailable],
        "first_yes_on": value_to_json(horizon.first_yes_on),
        "earliest_possible_on": value_to_json(horizon.earliest_possible_on),
        "cannot_be_known": horizon.cannot_be_known,
        "last_yes_on": value_to_json(horizon.last_yes_on),
        "ways_to_yes": [way.to_json() for way in ways.ways],
        "more_ways": ways.more,
        "waivers": sorted(decision.waivers),
        "digest": decision.digest,
    }


def _term(result: TermResult, facts: Facts, words: Words) -> dict[str, Any]:
    term = result.term
    return {
        "term": term.id,
        "tier": result.tier,
        "status": result.status,
        "says": words.says(term, facts),
        "fact": term.fact,
        "test": term.test,
        "negated": term.negated,
        "bound": value_to_json(result.bound),
        "bound_fact": term.bound_facts[0] if term.bound_facts else None,
        "bound_facts": list(term.bound_facts),
        "value": value_to_json(result.value),
        "met_on": value_to_json(result.met_on),
    }


def _claim(key: str, language: str, catalogue: Catalogue) -> dict[str, str]:
    return {"claim": key, "says": says_in(catalogue.claims[key].says, language, key)}
