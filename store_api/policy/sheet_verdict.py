"""The verdict of a sheet and the notes below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from store_api.policy.decision import NONE_IN_FORCE, Decision, TermResult
from store_api.policy.evaluate import Truth, kleene_and, kleene_or
from store_api.policy.granted import Granted
from store_api.policy.model import Group, PolicyVersion, Term
from store_api.policy.phrases import has_phrase
from store_api.policy.sheet_order import used_today
from store_api.policy.sheet_parts import Occasion, SheetLine, Tone
from store_api.policy.vocabulary import Fact
from store_api.policy.ways import Ways, ways_to_yes
from store_api.policy.words import Words

TOPICS = {
    "instant_credit": "credit",
    "bill_credit": "credit",
    "percent_off": "discount",
    "fee_waiver": "waiver",
    "upgrade_right": "upgrade",
}

# The most changeable reason first: what a customer can do now, then what takes others, then what nobody can.
_CHANGES = ("choose", "pay", "staff", "wait", "none")
_CHANGEABLE = frozenset({"choose", "pay", "staff"})


def topic_of(version: PolicyVersion) -> str:
    """credit, discount, waiver or upgrade."""
    return TOPICS[version.benefit.kind]


@dataclass(frozen=True)
class Verdict:
    """Makes verdict, tone and notes of a decision."""

    decision: Decision
    words: Words
    occasion: Occasion

    @property
    def tone(self) -> Tone:
        """yes, not_yet, question or no."""
        if self.decision.outcome == "eligible":
            return "yes"
        if self.decision.outcome == "undecided":
            return "question"
        return "not_yet" if self.decision.first_yes_on is not None or self._is_open_later else "no"

    @property
    def text(self) -> str:
        """The verdict itself."""
        if self.decision.benefit is not None:
            return self._yes(self.decision.benefit)
        if self.decision.outcome == "undecided":
            return self._question()
        if self.decision.first_yes_on is not None:
            return self.words.phrase("not_yet", day=self.words.day(self.decision.first_yes_on))
        earliest = self.decision.earliest_possible_on
        if self._is_open_later and earliest is not None:
            return self.words.phrase("not_yet.earliest", day=self.words.day(earliest))
        return self._no()

    @property
    def _is_open_later(self) -> bool:
        """Whether waiting brings a yes once the facts that nobody needs to ask for today are met, too."""
        return self.decision.earliest_possible_on is not None and self._payment() is None

    def notes(self) -> Iterator[SheetLine]:
        """What must be said at once below the verdict."""
        makers = {
            "yes": self._notes_of_yes,
            "question": self._notes_of_question,
            "not_yet": self._notes_of_not_yet,
        }
        for text in makers.get(self.tone, self._notes_of_no)():
            yield SheetLine("note", text)

    def of_terms_alone(self) -> str | None:
        """What the terms say where a reason outside them made the "no"; None where they are not all known."""
        if not any(code != NONE_IN_FORCE for code in self.decision.codes):
            return self.text
        document = self.decision.document
        if document is None:
            return None
        truth = self._truth(lambda result: False)
        if truth is None:
            return None
        return self.words.phrase(f"note.met.{topic_of(document)}") if truth else self._no()

    # yes

    def _yes(self, granted: Granted) -> str:
        if granted.percent is not None:
            return self._yes_percent(granted)
        if granted.amount is None:
            return self.words.phrase("yes.upgrade")
        if granted.kind == "bill_credit":
            return self.words.phrase("yes.bills", amount=self.words.money(granted.amount))
        used = used_today(self.decision, self.occasion)
        if used is None or used.applied is None:
            return self.words.phrase(
                "yes.off_up_to", amount=self.words.money(granted.amount), what=self._what()
            )
        return self.words.phrase("yes.off", amount=self.words.money(used.applied), what=self._what())

    def _yes_percent(self, granted: Granted) -> str:
        fee = granted.kind == "fee_waiver"
        if granted.amount is not None:
            amount = self.words.money(granted.amount)
            return self.words.phrase("yes.fee", amount=amount) if fee else self._off(amount)
        percent = self.words.percent(granted.percent) if granted.percent is not None else ""
        return self.words.phrase("yes.fee_percent" if fee else "yes.percent", percent=percent)

    def _off(self, amount: str) -> str:
        return self.words.phrase("yes.off", amount=amount, what=self._what())

    def _what(self) -> str:
        category = self.decision.facts.get("order.device_category")
        key = f"off.{category}"
        return self.words.phrase(key if has_phrase(key) else "off.order")

    def _notes_of_yes(self) -> Iterator[str]:
        document, last = self.decision.document, self.decision.last_yes_on
        if document is not None:
            yield self.words.phrase(f"note.met.{topic_of(document)}")
        if any(result.status == "waived" for result in self.decision.terms):
            yield self.words.phrase("note.waived")
        if last is not None:
            today = last <= self.decision.on
            yield self.words.phrase("note.today_only" if today else "note.until", day=self.words.day(last))
        granted = self.decision.benefit
        if granted is not None and granted.percent is not None and granted.amount is None:
            yield self.words.phrase("note.amount_later", label=self.words.label(granted.of or ""))

    # undecided

    def _question(self) -> str:
        count = len(self.decision.questions)
        if count == 0:
            return self.words.phrase("question.unavailable")
        return self.words.phrase("question.one" if count == 1 else "question.more", count=count)

    def _notes_of_question(self) -> Iterator[str]:
        yield self.words.phrase("note.questions" if self.decision.questions else "note.unavailable")
        earliest = self.decision.earliest_possible_on
        if earliest is not None and earliest > self.decision.on:
            yield self.words.phrase("note.earliest", day=self.words.day(earliest))

    # not yet

    def _notes_of_not_yet(self) -> Iterator[str]:
        known = self.decision.first_yes_on is not None
        yield self.words.phrase("note.nothing_changes" if known else "note.rest_unknown")
        today = self._ways.today
        if today is not None and today.cost is not None and {one.do for one in today.changes} == {"pay"}:
            yield self.words.phrase("note.or_pay", amount=self.words.money(today.cost))
        if NONE_IN_FORCE in self.decision.codes:
            yield self.words.phrase("note.begins")
        ends = self.decision.ends or self.occasion.ends
        if ends is not None:
            yield self.words.phrase("note.good_until", day=self.words.day(ends))

    # no

    def _no(self) -> str:
        if NONE_IN_FORCE in self.decision.codes:
            day = self.decision.facts.get(self.decision.policy.binds)
            if day is None:
                return self.words.phrase("no.not_in_force")
            return self.words.phrase("no.not_in_force_then", day=self.words.value(self._bound_fact(), day))
        payment = self._payment()
        if payment is not None:
            return payment
        reason = self._headline()
        says = self.words.says(reason.term, self.decision.facts)
        return self.words.phrase("no.as_it_stands" if self._is_changeable() else "no.term", says=says)

    @cached_property
    def _ways(self) -> Ways:
        return ways_to_yes(self.decision, self.words.catalogue)

    def _payment(self) -> str | None:
        """The cheapest way, where paying a known sum is all that there is to do, waiting apart."""
        way = next(iter(self._ways.ways), None)
        if way is None or way.cost is None or {change.do for change in way.changes} - {"pay", "wait"}:
            return None
        amount, day = self.words.money(way.cost), self.words.day(way.on)
        today = way.on == self.decision.on
        return self.words.phrase("no.pay_today" if today else "no.pay_then", amount=amount, day=day)

    def _bound_fact(self) -> Fact:
        return self.words.fact(self.decision.policy.binds)

    def _notes_of_no(self) -> Iterator[str]:
        horizon = self.decision.horizon
        if NONE_IN_FORCE not in self.decision.codes:
            yield self.words.phrase("note.changeable" if self._is_changeable() else "note.unchangeable")
        if horizon.too_late_on is not None:
            ends = self.words.day(self.decision.ends) if self.decision.ends is not None else ""
            day = self.words.day(horizon.too_late_on)
            yield self.words.phrase(f"note.too_late.{horizon.too_late_by}", day=day, ends=ends)
        elif horizon.cannot_be_known:
            yield self.words.phrase("note.unknown_when")

    def _change_of(self, term: Term) -> str:
        return self.words.fact(term.fact).change

    def _is_changeable(self) -> bool:
        """Whether choosing, paying or asking staff could turn this "no" into a yes."""
        return self._truth(lambda result: self._change_of(result.term) in _CHANGEABLE) is not False

    def _headline(self) -> TermResult:
        """The reason that the verdict names: the most changeable, or where that cannot help, the firmest."""
        unmet = [result for result in self.decision.terms if result.status == "unmet"]
        if self._is_changeable():
            return min(unmet, key=lambda result: _CHANGES.index(self._change_of(result.term)))
        firm = [result for result in unmet if self._change_of(result.term) not in _CHANGEABLE]
        return (firm or unmet)[0]

    def _truth(self, helped: Callable[[TermResult], bool]) -> Truth:
        document = self.decision.document
        assert document is not None

        def of(member: Term | Group) -> Truth:
            if isinstance(member, Term):
                result = self.decision.result_of(member.id)
                if result.status in ("met", "waived") or helped(result):
                    return True
                return None if result.status == "unknown" else False
            truths = [of(inner) for inner in member.members]
            return kleene_and(truths) if member.kind == "all" else kleene_or(truths)

        tiers = document.benefit.tiers
        return kleene_and(
            [of(document.requires), kleene_or(of(tier.requires) for tier in tiers) if tiers else True]
        )
