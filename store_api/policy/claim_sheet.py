"""A claim's answer in words, in one language: lines like a sheet's, the same on every face and on paper.

Pure, and the only place where these lines are put together. Words are about what the policy says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from store_api.policy.change_words import change_lines
from store_api.policy.claim_check import Checked, Result
from store_api.policy.claim_phrases import PHRASES
from store_api.policy.decision import Decision
from store_api.policy.evaluate import Facts
from store_api.policy.facts import Catalogue
from store_api.policy.model import Policy, PolicyVersion, Term
from store_api.policy.sheet import why_this_version
from store_api.policy.sheet_parts import Occasion, Sheet, SheetLine, Tone
from store_api.policy.text_changes import Weigh, weigh_bounds
from store_api.policy.vocabulary import says_in
from store_api.policy.words import Words, uncapitalised

TONES: dict[Result, Tone] = {
    "not_required": "yes",
    "not_in_policy": "yes",
    "required": "asked",
    "depends": "question",
}
NOTHING_KNOWN: Facts = {}
NO_OCCASION = Occasion()


WeighBetween = Callable[[PolicyVersion, PolicyVersion], Weigh]


def _by_bounds(old: PolicyVersion, new: PolicyVersion) -> Weigh:
    return weigh_bounds


@dataclass(frozen=True)
class Asked:
    """What an answer is about: a customer's decision, or (where there is none) a version's words.

    `on` is the day of the answer; `occasion` carries the terms code and what the sheet knows of the voucher;
    `weigh_between`
    gives what says which of two versions' tests asks for more.
    """

    policy: Policy
    version: PolicyVersion | None
    on: date
    decision: Decision | None = None
    occasion: Occasion = NO_OCCASION
    weigh_between: WeighBetween = _by_bounds


def make_claim_sheet(checked: Checked, asked: Asked, catalogue: Catalogue, language: str) -> Sheet:
    """The answer as lines, in the order in which every face shows them."""
    lines = _Lines(checked, asked, Words(language, catalogue))
    return Sheet(language, TONES[checked.result], tuple(lines.all()), asked.occasion.terms_code)


@dataclass(frozen=True)
class _Lines:
    checked: Checked
    asked: Asked
    words: Words

    def say(self, key: str, **values: object) -> str:
        phrases = PHRASES.get(self.words.language, PHRASES["en"])
        return phrases[key].format(**values)

    def has(self, key: str) -> bool:
        return key in PHRASES["en"]

    @property
    def is_personal(self) -> bool:
        return self.asked.decision is not None

    def all(self) -> Iterator[SheetLine]:
        yield SheetLine("verdict", self._verdict())
        yield SheetLine("note", self._question())
        yield from self._why()
        yield from self._terms()
        yield from self._changes()
        yield from self._foot()

    def _verdict(self) -> str:
        checked = self.checked
        exact = f"{checked.result}.{checked.why}"
        if checked.result == "required" and checked.why == "term" and not self.is_personal:
            exact = "required.text"
        return self.say(exact if self.has(exact) else checked.result, day=self._change_day())

    def _question(self) -> str:
        months = self.checked.heard_months
        if months is not None:
            return self.say("asked.months", months=self.words.count(months, "months"))
        return self.say("asked", says=says_in(self.checked.statement.says, self.words.language, ""))

    def _why(self) -> Iterator[SheetLine]:
        yield SheetLine("heading", self.say("terms.none"))
        yield SheetLine("note", self._reason())
        if not self.is_personal:
            yield SheetLine("note", self.say("anybody"))

    def _reason(self) -> str:
        checked, version = self.checked, self.asked.version
        number = version.version if version is not None else ""
        before = checked.old.version if checked.old is not None else ""
        label = self._binding_label()
        values = {"day": self._change_day(), "version": number, "before": before, "label": label}
        return self.say(self._reason_key(), **values, **self._months(), **self._amounts())

    def _reason_key(self) -> str:
        checked = self.checked
        key = f"why.{checked.why}"
        if checked.why == "term" and checked.least_months is not None:
            return f"{key}.length"
        if checked.why == "shorter_is_enough" and checked.least_months == 0:
            return f"{key}.none"
        if checked.why == "larger_amount" and checked.instead is None:
            return f"{key}.alone"
        if checked.why == "person" and not checked.terms:
            return f"{key}.amount"
        if checked.why == "kept" and self.asked.policy.binds != "voucher.issued_on":
            return f"{key}.other"
        return f"{key}.text" if checked.why == "changed" and not self.is_personal else key

    def _binding_label(self) -> str:
        version = self.asked.version
        if version is None or version.binds_to_today:
            return ""
        return uncapitalised(self.words.label(version.binds))

    def _months(self) -> dict[str, str]:
        least = self.checked.least_months
        return {} if least is None else {"least": self.words.count(least, "months")}

    def _amounts(self) -> dict[str, str]:
        found = {"granted": self.checked.granted, "instead": self.checked.instead}
        return {
            name: self.words.money(granted.amount)
            for name, granted in found.items()
            if granted is not None and granted.amount is not None
        }

    def _change_day(self) -> str:
        checked = self.checked
        return self.words.day(checked.new.effective_from) if checked.new is not None else ""

    def _terms(self) -> Iterator[SheetLine]:
        if self.checked.terms:
            yield SheetLine("heading", self.say("terms"))
        for term in self.checked.terms:
            yield self._term(term)

    def _term(self, term: Term) -> SheetLine:
        decision = self.asked.decision
        if decision is None:
            return SheetLine("term", self.words.says(term, NOTHING_KNOWN))
        status = decision.result_of(term.id).status
        return SheetLine(
            "term", self.words.says(term, decision.facts), self.words.phrase(f"mark.{status}"), status
        )

    def _changes(self) -> Iterator[SheetLine]:
        old, new = self.checked.old, self.checked.new
        if old is None or new is None:
            return
        key = "later_change" if self.checked.why == "kept" else "change"
        yield SheetLine("heading", self.say(key, before=old.version, version=new.version))
        yield from change_lines(
            old, new, self.words.catalogue, self.words.language, self.asked.weigh_between(old, new)
        )

    def _foot(self) -> Iterator[SheetLine]:
        asked = self.asked
        if asked.occasion.terms_code is not None:
            yield SheetLine("code", self.words.phrase("code"), asked.occasion.terms_code)
        if asked.decision is not None:
            yield SheetLine("reason", why_this_version(asked.decision, self.words, asked.occasion))
        if asked.version is not None:
            yield SheetLine("reason", self._since(asked.version))
        yield SheetLine("reason", self.words.phrase("same_everywhere"))

    def _since(self, version: PolicyVersion) -> str:
        """Since when it is in force; with its title where no line above has told it."""
        ending = "" if self.is_personal else ".title"
        title = says_in(version.title, self.words.language, version.policy)
        values = {"title": title, "version": version.version, "day": self.words.day(version.effective_from)}
        until = version.effective_until
        if until is None or until > self.asked.on:
            return self.say(f"since{ending}", **values)
        last = self.words.day(until - timedelta(days=1))
        return self.say(f"since.until{ending}", until=last, **values)
