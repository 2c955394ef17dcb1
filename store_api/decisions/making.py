"""Making a decision from what was gathered, and putting it on the wire in every language.

What it is for: the one place in the service that calls the policy core's `decide` and `make_sheet`.
What it must not know: the database, Flask, the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from store_api import contract as wire
from store_api.contract import Words
from store_api.decisions.gather import Details, Gathered, Granting, OtherVoucher, Reasons, ceiling_of
from store_api.money import to_minor, to_money
from store_api.policy.decide import decide, with_ceiling, with_codes
from store_api.policy.decision import Decision
from store_api.policy.errors import PolicyErrors
from store_api.policy.facts import Catalogue, question_in_words
from store_api.policy.granted import DEVICE_PRICE, Ceiling
from store_api.policy.model import Policy
from store_api.policy.sheet import Occasion, Sheet, SheetLine, WaivedBy, make_sheet, say
from store_api.policy.values import Money, read_money, value_to_json
from store_api.policy.words import Words as Phrases
from store_api.waivers.service import Limit

LANGUAGES = ("en", "es")
TWO_CURRENCIES = "money.two_currencies"
_STATUSES = frozenset({"met", "unmet", "unknown", "waived", "not_needed", "not_required"})


@dataclass(frozen=True)
class Made:
    """A decision with the service's own reasons laid over what the written terms say."""

    decision: Decision
    reasons: Reasons
    gathered: Gathered
    catalogue: Catalogue
    most: Money | None = None

    @property
    def digest(self) -> str:
        """The digest of the decision with its codes."""
        return self.decision.digest


@dataclass(frozen=True)
class Stamp:
    """What the service adds to a decision: names, moments and the public code."""

    decision_id: str
    terms_code: str
    terms_url: str
    decided_at: dt.datetime
    lapses_at: dt.datetime
    visit_id: str
    line_id: str
    order_id: str | None


@dataclass(frozen=True)
class ByTerms:
    """What the written terms say, kept under what there is; `most` as in the wire's Benefit.

    `is_foreign`: the voucher is in another currency than the order, and the order's money was left out.
    """

    decision: Decision
    most: Money | None
    is_foreign: bool = False


def decide_terms(
    policy: Policy,
    gathered: Gathered,
    facts: Mapping[str, object],
    amount_minor: int | None,
    catalogue: Catalogue,
) -> ByTerms:
    """What the written terms say to the facts, before any code of the service.

    The benefit is kept under what is left of the voucher, what other vouchers leave to pay, and what the
    customer chose to use, in minor units. Waived terms count as met, in the version in which they were waived
    and for no more than was agreed to.
    """
    plain = _by_terms(policy, gathered, facts, amount_minor, catalogue)
    waiver = gathered.waiver
    if waiver is None or plain.decision.version != waiver.version:
        return plain
    waived = _by_terms(policy, gathered, facts, amount_minor, catalogue, frozenset(waiver.terms))
    return waived if _is_within(waived.decision, waiver.limit) else plain


def _is_within(decision: Decision, limit: Limit | None) -> bool:
    amount = granting_of(decision).amount
    if amount is None or limit is None:
        return True
    return amount.currency == limit.currency and to_minor(amount) <= limit.amount_minor


def _by_terms(
    policy: Policy,
    gathered: Gathered,
    facts: Mapping[str, object],
    amount_minor: int | None,
    catalogue: Catalogue,
    waived: frozenset[str] = frozenset(),
) -> ByTerms:
    try:
        decided, is_foreign = _decided(policy, gathered, facts, catalogue, waived), False
    except PolicyErrors as errors:
        if gathered.voucher is None or {error.code for error in errors.errors} != {TWO_CURRENCIES}:
            raise
        own = _without_foreign_money(facts, gathered.voucher.row.currency, catalogue)
        decided, is_foreign = _decided(policy, gathered, own, catalogue, waived), True
    decided = with_ceiling(decided, ceiling_of(gathered), catalogue)
    benefit = decided.benefit
    if benefit is None or benefit.applied is None or benefit.kept is None:
        return ByTerms(decided, None, is_foreign)
    if amount_minor is not None:
        chosen = to_money(amount_minor, benefit.applied.currency)
        ceiling = Ceiling(chosen=None if chosen is None else Money(chosen.amount, chosen.currency))
        decided = with_ceiling(decided, ceiling, catalogue)
    return ByTerms(decided, benefit.applied, is_foreign)


def _decided(
    policy: Policy,
    gathered: Gathered,
    facts: Mapping[str, object],
    catalogue: Catalogue,
    waived: frozenset[str],
) -> Decision:
    ends = gathered.voucher.row.ends_on if gathered.voucher else None
    return decide(policy, catalogue, facts, gathered.on, waived, ends=ends, zone=gathered.zone)


def _without_foreign_money(
    facts: Mapping[str, object], currency: str | None, catalogue: Catalogue
) -> dict[str, object]:
    """The facts without the money of another currency than a voucher's own, or without the price at all."""
    return {
        key: value
        for key, value in facts.items()
        if catalogue.facts[key].type != "money"
        or (key != DEVICE_PRICE if currency is None else str(value).endswith(currency))
    }


def granting_of(by_terms: Decision) -> Granting:
    """What of the terms' answer the service's own reasons are asked about."""
    benefit = by_terms.benefit
    amount = None if benefit is None else benefit.applied or benefit.amount
    return Granting(by_terms.document, _wire_money(amount))


def lay_reasons(by_terms: ByTerms, reasons: Reasons, gathered: Gathered, catalogue: Catalogue) -> Made:
    """The decision with the service's own reasons for "no"."""
    decided = with_codes(by_terms.decision, tuple(reasons), catalogue)
    return Made(decided, reasons, gathered, catalogue, by_terms.most)


def make_sheets(made: Made, terms_code: str | None) -> dict[str, wire.Sheet]:
    """The sheet in every language."""
    sheets = (
        make_sheet(made.decision, made.catalogue, each, _occasion(made, terms_code, each))
        for each in LANGUAGES
    )
    return {sheet.language: to_wire_sheet(sheet) for sheet in sheets}


def make_code_sheets(code: str, details: Details, catalogue: Catalogue) -> dict[str, wire.Sheet]:
    """The sheet of a "no" that no policy was asked for."""
    occasion = Occasion(code=code, details=details)
    sheets = (make_sheet(None, catalogue, language, occasion) for language in LANGUAGES)
    return {sheet.language: to_wire_sheet(sheet) for sheet in sheets}


def make_plain_sheets(decision: Decision, catalogue: Catalogue) -> dict[str, wire.Sheet]:
    """The sheet in every language of a decision that belongs to no visit and no voucher."""
    sheets = (make_sheet(decision, catalogue, language, Occasion()) for language in LANGUAGES)
    return {sheet.language: to_wire_sheet(sheet) for sheet in sheets}


def to_wire_sheet(sheet: Sheet) -> wire.Sheet:
    """A sheet as the wire has it, line for line."""
    lines = tuple(_to_wire_line(line) for line in sheet.lines)
    return wire.Sheet(language=sheet.language, tone=sheet.tone, terms_code=sheet.terms_code, lines=lines)


def _to_wire_line(line: SheetLine) -> wire.SheetLine:
    """A line as the wire has it. A verdict's tone stands on the sheet and not on its line."""
    status = line.status if line.status in _STATUSES else None
    return wire.SheetLine.model_validate(
        {"kind": line.kind, "text": line.text, "mark": line.mark, "status": status, "depth": line.depth}
    )


def to_wire(made: Made, stamp: Stamp, sheets: dict[str, wire.Sheet]) -> wire.Decision:
    """The whole decision as the API answers and the database keeps it."""
    decision = made.decision
    voucher = made.gathered.voucher
    horizon = decision.horizon
    return wire.Decision(
        decision_id=stamp.decision_id,
        terms_code=stamp.terms_code,
        terms_url=stamp.terms_url,
        outcome=decision.outcome,
        codes=decision.codes,
        policy=decision.policy.id,
        version=decision.version,
        title=_title(decision),
        on=decision.on,
        zone=made.gathered.zone,
        decided_at=stamp.decided_at,
        lapses_at=stamp.lapses_at,
        visit_id=stamp.visit_id,
        voucher_id=voucher.row.voucher_id if voucher else None,
        line_id=stamp.line_id,
        order_id=stamp.order_id,
        benefit=_benefit(decision, made.most),
        terms=_terms(decision, made.catalogue),
        questions=tuple(_question(key, made.catalogue) for key in decision.questions),
        unavailable=tuple(_unavailable(key, made) for key in decision.unavailable),
        first_yes_on=horizon.first_yes_on,
        earliest_possible_on=horizon.earliest_possible_on,
        last_yes_on=horizon.last_yes_on,
        cannot_be_known=horizon.cannot_be_known,
        sheets=sheets,
        say=_say(made, stamp.terms_code),
    )


def facts_to_json(decision: Decision) -> dict[str, Any]:
    """The facts that the decision read, in their plain form."""
    return {key: value_to_json(value) for key, value in sorted(decision.facts.items())}


def _occasion(made: Made, terms_code: str | None, language: str) -> Occasion:
    gathered = made.gathered
    voucher = gathered.voucher.row if gathered.voucher else None
    items = gathered.order.items if gathered.order else []
    lines = tuple((item["name"], _core_money(item["price"])) for item in items)
    if lines and made.decision.benefit is not None:
        lines += tuple(_other_line(other, language) for other in gathered.others)
    code = next(iter(made.reasons), None)
    return Occasion(
        terms_code=terms_code,
        order=lines,
        device_label=items[0]["name"] if items else None,
        voucher_issued_on=voucher.issued_on if voucher else None,
        ends=voucher.ends_on if voucher else None,
        waivers=_waived_by(made, language),
        as_of=gathered.marks.as_of,
        unfetched={**dict.fromkeys(gathered.stale, "too_old"), **gathered.marks.unfetched},
        code=code,
        details=_details(made.reasons[code], language) if code else {},
        use_names=gathered.names,
    )


def _waived_by(made: Made, language: str) -> dict[str, WaivedBy]:
    """Who waived each term and why, where anything is waived."""
    waiver = made.gathered.waiver
    if waiver is None:
        return {}
    words = waiver.reason_words
    by = WaivedBy(waiver.role, words.get(language, words["en"]))
    return dict.fromkeys(sorted(made.decision.waivers), by)


def _other_line(other: OtherVoucher, language: str) -> tuple[str, Money]:
    """Another voucher of the order, as a line of it."""
    return other.title.get(language, other.title["en"]), Money(-other.takes.amount, other.takes.currency)


def _details(details: Details, language: str) -> Details:
    """Details in a language: `other_en` is `other` for who reads English."""
    told = {key: value for key, value in details.items() if not key.startswith("other_")}
    other = details.get(f"other_{language}", details.get("other_en"))
    return told if other is None else {**told, "other": other}


def _say(made: Made, terms_code: str) -> Words:
    """The decision in a few spoken sentences; a "no" outside the terms speaks its sheet's first lines."""
    if not made.reasons:
        return _in_each(
            lambda language: say(
                made.decision, made.catalogue, language, _occasion(made, terms_code, language)
            )
        )
    return {language: _first_lines(sheet) for language, sheet in make_sheets(made, terms_code).items()}


def _first_lines(sheet: wire.Sheet) -> str:
    spoken = [line.text for line in sheet.lines if line.kind in ("verdict", "note")]
    return " ".join(spoken[:2])


def _core_money(price: dict[str, str]) -> Money:
    return read_money({"amount": price["amount"], "currency": price["currency"]})


def _title(decision: Decision) -> Words:
    document = decision.document or decision.policy.versions[-1]
    return dict(document.title)


def _benefit(decision: Decision, most: Money | None) -> wire.Benefit | None:
    granted = decision.benefit
    if granted is None:
        return None
    amounts = {
        name: _wire_money(getattr(granted, name)) for name in ("amount", "applied", "kept", "forfeited")
    }
    return wire.Benefit(kind=granted.kind, tier=granted.tier, most=_wire_money(most), **amounts)


def _wire_money(money: Money | None) -> wire.Money | None:
    return None if money is None else wire.Money(amount=money.amount, currency=money.currency)


def _terms(decision: Decision, catalogue: Catalogue) -> tuple[wire.TermStatus, ...]:
    phrases = {language: Phrases(language, catalogue) for language in LANGUAGES}
    return tuple(
        wire.TermStatus(
            term=result.term.id,
            tier=result.tier,
            status=result.status,
            says={each: phrases[each].says(result.term, decision.facts) for each in LANGUAGES},
            met_on=result.met_on,
        )
        for result in decision.terms
    )


def _question(key: str, catalogue: Catalogue) -> wire.Question:
    fact = catalogue.facts[key]
    asked = {language: question_in_words(fact, language) for language in LANGUAGES}
    options = tuple(
        wire.Option(
            value=option.value,
            label={language: asked[language].options[place].label for language in LANGUAGES},
        )
        for place, option in enumerate(asked[LANGUAGES[0]].options)
    )
    return wire.Question(
        fact=key,
        ask={language: question.ask for language, question in asked.items()},
        type=fact.type,
        unit=fact.unit,
        options=options,
    )


def _unavailable(key: str, made: Made) -> wire.Unavailable:
    fact = made.catalogue.facts[key]
    reason = made.gathered.marks.unfetched.get(key)
    return wire.Unavailable(fact=key, source=fact.source, label=_in_each(fact.label_in), reason=reason)


def _in_each(make: Callable[[str], str]) -> Words:
    return {language: make(language) for language in LANGUAGES}
