"""The terms sheet: a decision in words, in one language, as one ordered list of lines.

Pure, and the only place where a sheet's words are put together. Faces style the lines; they never add, drop
or reword one. The same decision makes the same kinds of lines in every language.
"""

from __future__ import annotations

from collections.abc import Iterator

from store_api.policy.decision import NONE_IN_FORCE, Decision
from store_api.policy.evaluate import kleene_or
from store_api.policy.facts import Catalogue
from store_api.policy.granted import Granted
from store_api.policy.model import PolicyVersion, Tier
from store_api.policy.refusals import CODES, refusal_lines
from store_api.policy.sheet_order import OrderLines
from store_api.policy.sheet_parts import LineKind, Occasion, OrderLine, Sheet, SheetLine, Tone, WaivedBy
from store_api.policy.sheet_terms import TermLines
from store_api.policy.sheet_use import use_lines
from store_api.policy.sheet_verdict import Verdict, topic_of
from store_api.policy.vocabulary import says_in
from store_api.policy.words import Words, uncapitalised

__all__ = [
    "CODES",
    "LineKind",
    "Occasion",
    "OrderLine",
    "Sheet",
    "SheetLine",
    "Tone",
    "WaivedBy",
    "make_sheet",
    "say",
    "why_this_version",
]

NOTHING_KNOWN = Occasion()


def make_sheet(
    decision: Decision | None, catalogue: Catalogue, language: str, occasion: Occasion = NOTHING_KNOWN
) -> Sheet:
    """The sheet of a decision, or of a "no" outside the terms (`occasion.code`), or of both.

    Without a decision the occasion must carry a code. An unknown code raises KeyError.
    """
    words = Words(language, catalogue)
    if decision is None:
        only_code = occasion.code or NONE_IN_FORCE
        lines = (*refusal_lines(only_code, words, occasion), *_code_line(words, occasion))
        return Sheet(language, "no", tuple(lines), occasion.terms_code)
    verdict = Verdict(decision, words, occasion)
    body = (*_body(decision, words, occasion), *_foot(decision, words, occasion))
    code = _outside_code(decision, occasion)
    if code is None:
        head = (SheetLine("verdict", verdict.text, status=verdict.tone), *verdict.notes())
        return Sheet(language, verdict.tone, (*head, *body), occasion.terms_code)
    refused = (*refusal_lines(code, words, occasion), *_otherwise(verdict))
    return Sheet(language, "no", (*refused, *body), occasion.terms_code)


def _outside_code(decision: Decision, occasion: Occasion) -> str | None:
    """The reason for a "no" that the terms know nothing of, if there is one."""
    codes = (*([occasion.code] if occasion.code else []), *decision.codes)
    return next((code for code in codes if code != NONE_IN_FORCE), None)


def _otherwise(verdict: Verdict) -> Iterator[SheetLine]:
    """Beside a reason from outside, the terms' own answer."""
    text = verdict.of_terms_alone()
    if text is not None:
        yield SheetLine("note", verdict.words.phrase("note.otherwise", verdict=text))


def _body(decision: Decision, words: Words, occasion: Occasion) -> Iterator[SheetLine]:
    yield from _questions(decision, words)
    if decision.document is not None:
        yield from _terms(decision, decision.document, words, occasion)
    if decision.not_required:
        yield SheetLine("heading", words.phrase("free"))
    for key in decision.not_required:
        says = says_in(words.catalogue.claims[key].says, words.language, key)
        yield SheetLine("free", says, words.phrase("mark.not_required"), "not_required")
    if decision.document is not None and decision.outcome != "not_eligible":
        yield from _agrees(decision, decision.document, words)
        yield from use_lines(decision.document, words, occasion.use_names)
    yield from OrderLines(decision, words, occasion).lines()


def _questions(decision: Decision, words: Words) -> Iterator[SheetLine]:
    if decision.questions:
        key = "questions.amount" if decision.outcome == "eligible" else "questions"
        yield SheetLine("heading", words.phrase(key))
    for key in decision.questions:
        yield SheetLine("question", words.fact(key).asked_in(words.language))


def _terms(
    decision: Decision, document: PolicyVersion, words: Words, occasion: Occasion
) -> Iterator[SheetLine]:
    terms = TermLines(decision, words, occasion)
    yield SheetLine("heading", words.phrase(f"asks.{topic_of(document)}"))
    yield from terms.of_group(document.requires)
    tiers = document.benefit.tiers
    met = kleene_or(terms.truth_of(tier.requires) for tier in tiers) is True
    granted = _granted_tier(decision, tiers)
    for tier in tiers:
        yield from _tier(tier, granted, terms, words)
        yield from terms.of_group(tier.requires, excused=met and granted is None)


def _granted_tier(decision: Decision, tiers: tuple[Tier, ...]) -> Tier | None:
    benefit: Granted | None = decision.benefit
    return next((tier for tier in tiers if benefit is not None and tier.id == benefit.tier), None)


def _tier(tier: Tier, granted: Tier | None, terms: TermLines, words: Words) -> Iterator[SheetLine]:
    """What a tier is for, and that it is not needed where another one is granted."""
    amount = words.money(tier.amount)
    if granted is None or tier.id == granted.id:
        yield SheetLine("heading", words.phrase("asks.tier", amount=amount))
        yield SheetLine("note", says_in(tier.says, words.language, tier.id))
    elif tier.amount.amount > granted.amount.amount:
        given = words.money(granted.amount)
        yield SheetLine("heading", words.phrase("better_tier", amount=amount, granted=given))
        yield SheetLine("note", says_in(tier.says, words.language, tier.id))
        yield SheetLine("note", words.phrase("better_tier.note", granted=given))
    else:
        yield SheetLine("heading", words.phrase("lesser_tier", amount=amount))
        yield SheetLine("note", says_in(tier.says, words.language, tier.id))
        yield SheetLine("note", words.phrase("lesser_tier.note"))


def _agrees(decision: Decision, document: PolicyVersion, words: Words) -> Iterator[SheetLine]:
    # While a question is open, a sentence that waits for its answer is not said yet.
    known = [says for says in document.agrees if decision.benefit or words.is_complete(says, decision.facts)]
    if known:
        yield SheetLine("heading", words.phrase("agrees"))
    for says in known:
        yield SheetLine("agrees", words.sentence(says, decision.facts))


def _code_line(words: Words, occasion: Occasion) -> Iterator[SheetLine]:
    if occasion.terms_code is not None:
        yield SheetLine("code", words.phrase("code"), occasion.terms_code)


def _foot(decision: Decision, words: Words, occasion: Occasion) -> Iterator[SheetLine]:
    yield from _code_line(words, occasion)
    yield SheetLine("reason", why_this_version(decision, words, occasion))
    yield SheetLine("reason", words.phrase("same_everywhere"))


def why_this_version(decision: Decision, words: Words, occasion: Occasion = NOTHING_KNOWN) -> str:
    """Which version decided, and why that one."""
    binds = decision.policy.binds
    document = decision.document or decision.policy.versions[-1]
    title = says_in(document.title, words.language, decision.policy.id)
    day = decision.on if document.binds_to_today else decision.facts.get(binds)
    if day is None:
        day = occasion.voucher_issued_on if binds == "voucher.issued_on" else None
    if day is None:
        return words.phrase("reason.unknown", title=title, label=words.label(binds))
    told = words.value(words.fact("voucher.issued_on"), day)
    if decision.document is None:
        return words.phrase("reason.none", title=title, day=told)
    key = "today" if document.binds_to_today else "voucher" if binds == "voucher.issued_on" else "fact"
    label = "" if document.binds_to_today else uncapitalised(words.label(binds))
    return words.phrase(f"reason.{key}", title=title, version=document.version, day=told, label=label)


def say(decision: Decision, catalogue: Catalogue, language: str, occasion: Occasion = NOTHING_KNOWN) -> str:
    """The decision in a few short spoken sentences, for a rep; from the same data as the sheet."""
    words = Words(language, catalogue)
    verdict = Verdict(decision, words, occasion)
    said = [verdict.text]
    if decision.outcome == "eligible":
        said.append(words.phrase("say.met"))
    elif decision.questions:
        said.append(words.phrase("say.ask", ask=words.fact(decision.questions[0]).asked_in(language)))
    elif verdict.tone == "not_yet":
        missing = next((result for result in decision.terms if result.status == "unmet"), None)
        if missing is not None:
            said.append(words.phrase("say.still", says=words.says(missing.term, decision.facts)))
    claims = [
        _as_part(says_in(catalogue.claims[key].says, language, key)) for key in decision.not_required[:2]
    ]
    if claims:
        said.append(words.phrase("say.free", claims=words.listed(claims)))
    return " ".join(said)


def _as_part(sentence: str) -> str:
    return uncapitalised(sentence.rstrip("."))
