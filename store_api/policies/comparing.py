"""A version beside the one before it, in words in every language, and what their dates come to.

What it is for: the comparison that an approver is shown and the public reads afterwards. It asks the solver,
which is loaded when it is first needed and takes up to seconds: never under a write lock of a request.
What it must not know: the database, Flask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from store_api.contract import AffectedText, ComparisonText, SpanFinding, TermChangeText, ToldFact, Words
from store_api.policies.book import PolicyBook
from store_api.policy.canonical import digest_of
from store_api.policy.facts import Catalogue
from store_api.policy.findings import Customer
from store_api.policy.frozen import used_facts
from store_api.policy.model import PolicyVersion
from store_api.policy.proof_words import ProofWords
from store_api.policy.words import Words as Phrases

if TYPE_CHECKING:  # the comparison loads the solver
    from store_api.policy.compare import Affected, Comparison

LANGUAGES = ("en", "es")
SPANS: dict[str, Words] = {
    "takes_over": {
        "en": "From {begin} version {new} decides in place of version {old}.",
        "es": "Desde el {begin} la versión {new} decide en lugar de la versión {old}.",
    },
    "gap": {
        "en": "From {begin} until before {until} no version is in force.",
        "es": "Desde el {begin} hasta antes del {until} ninguna versión está vigente.",
    },
    "conflict": {
        "en": "Version {old} begins on {begin}; a new version begins after it.",
        "es": "La versión {old} empieza el {begin}; una versión nueva empieza después.",
    },
}
"""What the dates of two versions can come to."""


def compare_with(
    book: PolicyBook, old: PolicyVersion, new: PolicyVersion, catalogue: Catalogue
) -> ComparisonText:
    """Terms, other parts, who loses and who gains; `catalogue` is the new version's."""
    from store_api.policy.compare import Affected, Comparison, compare

    joined = _joined(book, old, new, catalogue)
    if joined is None:  # a fact is of another kind now: the two cannot be asked about one customer
        unknown = (Affected(side, "not_proved", why="other_facts") for side in ("loses", "gains"))
        return _in_words(Comparison(old, new, (), (), *unknown), catalogue, book)
    return _in_words(compare(old, new, joined), joined, book)


def first_version(book: PolicyBook, new: PolicyVersion, catalogue: Catalogue) -> ComparisonText:
    """The comparison of a version with nothing before it."""
    return _sealed(new, None, (), (), None, None, tuple(_spans(book, new, catalogue)))


def _joined(
    book: PolicyBook, old: PolicyVersion, new: PolicyVersion, catalogue: Catalogue
) -> Catalogue | None:
    """One catalogue that both versions can be read under; None where they mean different facts by a name."""
    before = book.catalogue_of(old)
    for key in used_facts(old, before):
        now = catalogue.facts.get(key)
        if now is not None and not now.same_kind_as(before.facts[key]):
            return None
    return Catalogue({**before.facts, **catalogue.facts}, {**before.claims, **catalogue.claims})


def _in_words(compared: Comparison, catalogue: Catalogue, book: PolicyBook) -> ComparisonText:
    told = {language: ProofWords(catalogue, language) for language in LANGUAGES}
    terms = tuple(
        TermChangeText(
            term=change.term,
            change=change.kind,
            says={language: words.term_change(change) for language, words in told.items()},
        )
        for change in compared.terms
    )
    fields = tuple(
        {language: words.field_change(field, compared.old, compared.new) for language, words in told.items()}
        for field in compared.fields
    )
    loses, gains = _affected(compared.loses, told), _affected(compared.gains, told)
    spans = tuple(_spans(book, compared.new, catalogue))
    return _sealed(compared.new, compared.old, terms, fields, loses, gains, spans)


def _affected(affected: Affected, told: dict[str, ProofWords]) -> AffectedText:
    lines = {language: list(words.affected(affected)) for language, words in told.items()}
    bare = AffectedText(
        verdict=affected.verdict,
        says={language: found[0] for language, found in lines.items()},
        customer=None,
    )
    customer, before, after = affected.customer, affected.before, affected.after
    if customer is None or before is None or after is None:
        return bare
    return bare.model_copy(
        update={
            "customer": {language: found[1].strip() for language, found in lines.items()},
            "on": customer.on,
            "facts": tuple(_told_fact(customer, key, told) for key in customer.facts),
            "before": {language: words.outcome(before) for language, words in told.items()},
            "after": {language: words.outcome(after) for language, words in told.items()},
        }
    )


def _told_fact(customer: Customer, key: str, told: dict[str, ProofWords]) -> ToldFact:
    return ToldFact(
        label={language: words.words.label(key) for language, words in told.items()},
        value={language: words.value(customer, key) for language, words in told.items()},
    )


def _spans(book: PolicyBook, new: PolicyVersion, catalogue: Catalogue) -> Iterator[SpanFinding]:
    """What the new version's dates come to beside those that are there."""
    known = book.policies.get(new.policy)
    others = [version for version in (known.versions if known else ()) if version.version != new.version]
    for later in others:
        if later.effective_from >= new.effective_from:
            yield _span("conflict", catalogue, later.effective_from, None, old=later.version)
    before = [version for version in others if version.effective_from < new.effective_from]
    if not before:
        return
    last, begins = before[-1], new.effective_from
    if last.effective_until is not None and last.effective_until < begins:
        yield _span("gap", catalogue, last.effective_until, begins)
    else:
        yield _span("takes_over", catalogue, begins, None, new=new.version, old=last.version)


def _span(
    kind: str, catalogue: Catalogue, begins: dt.date, until: dt.date | None, **numbers: int
) -> SpanFinding:
    def says(language: str) -> str:
        words = Phrases(language, catalogue)
        end = words.day(until) if until is not None else ""
        return SPANS[kind][language].format(begin=words.day(begins), until=end, **numbers)

    return SpanFinding.model_validate(
        {"kind": kind, "says": _in_each(says), "starts_on": begins, "ends_on": until}
    )


def _in_each(make: Callable[[str], str]) -> Words:
    return {language: make(language) for language in LANGUAGES}


def _sealed(
    new: PolicyVersion,
    old: PolicyVersion | None,
    terms: tuple[TermChangeText, ...],
    fields: tuple[Words, ...],
    loses: AffectedText | None,
    gains: AffectedText | None,
    spans: tuple[SpanFinding, ...],
) -> ComparisonText:
    """The comparison with the digest of all that it shows and of the two versions."""
    bare = ComparisonText(
        policy=new.policy,
        old_version=old.version if old else None,
        new_version=new.version,
        terms=terms,
        fields=fields,
        loses=loses,
        gains=gains,
        spans=spans,
        digest="sha256:" + "0" * 64,
    )
    shown = bare.model_dump(mode="json", exclude={"digest"})
    return bare.model_copy(update={"digest": digest_of([new.digest, old.digest if old else None, shown])})
