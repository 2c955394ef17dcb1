"""The lines of a sheet about its terms: sentence, status, the fact in words, the way to yes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from store_api.policy.dates import add
from store_api.policy.decision import Decision, TermResult
from store_api.policy.evaluate import Truth, kleene_and, kleene_or
from store_api.policy.model import Group, PolicyVersion, Term, Tier
from store_api.policy.phrases import has_phrase
from store_api.policy.scales import ORDERED
from store_api.policy.sheet_parts import Occasion, SheetLine
from store_api.policy.values import Duration, Money
from store_api.policy.ways import Ways, ways_to_yes
from store_api.policy.words import Words, capitalised

AGREEMENT = "order.agreement_months"
DEVICE = "order.device_category"

_TRUTH: dict[str, Truth] = {"met": True, "waived": True, "unmet": False, "unknown": None}


def role_in_words(words: Words, role: str) -> str:
    """`the store manager`; an unknown role goes by its name."""
    return words.phrase(f"role.{role}") if has_phrase(f"role.{role}") else role.replace("_", " ")


@dataclass(frozen=True)
class TermLines:
    """Makes the lines of a decision's terms."""

    decision: Decision
    words: Words
    occasion: Occasion

    def truth_of(self, member: Term | Group) -> Truth:
        """Of a term or group as it was decided."""
        if isinstance(member, Term):
            return _TRUTH[self.decision.result_of(member.id).status]
        truths = [self.truth_of(inner) for inner in member.members]
        return kleene_and(truths) if member.kind == "all" else kleene_or(truths)

    def of_group(self, group: Group, depth: int = 0, excused: bool = False) -> Iterator[SheetLine]:
        """The lines of a group: what joins its members, then the members in document order."""
        chosen = group.kind == "any" and len(group.members) > 1
        if chosen:
            yield SheetLine("group", self.words.phrase("group.any"), depth=depth)
        excused = excused or (group.kind == "any" and self.truth_of(group) is True)
        inner = depth + (1 if chosen else 0)
        for index, member in enumerate(group.members):
            if isinstance(member, Term):
                yield from self._after_group(group, index, inner)
                yield from self.of_term(self.decision.result_of(member.id), inner, excused, chosen)
            else:
                yield from self._of_inner(group, index, member, inner, excused)

    def _of_inner(
        self, group: Group, index: int, member: Group, depth: int, excused: bool
    ) -> Iterator[SheetLine]:
        yield from self._after_group(group, index, depth)
        if member.kind == "all" and group.kind == "any" and len(member.members) > 1:
            yield SheetLine("group", self.words.phrase("group.all"), depth=depth)
            yield from self.of_group(member, depth + 1, excused)
        else:
            yield from self.of_group(member, depth, excused)

    def _after_group(self, group: Group, index: int, depth: int) -> Iterator[SheetLine]:
        """Where a group of terms has ended, say how what follows is joined to it."""
        if index and isinstance(group.members[index - 1], Group):
            key = "group.or" if group.kind == "any" else "group.also"
            yield SheetLine("group", self.words.phrase(key), depth=depth)

    def of_term(
        self, result: TermResult, depth: int, excused: bool, is_one_of_many: bool = False
    ) -> Iterator[SheetLine]:
        """The term's sentence with its status, the fact in words, and the way to yes."""
        status = "not_needed" if excused and result.status in ("unmet", "unknown") else result.status
        says = self.words.says(result.term, self.decision.facts)
        yield SheetLine("term", says, self.words.phrase(f"mark.{status}"), status, depth)
        for detail in self._details(result, status):
            yield SheetLine("detail", detail, depth=depth)
        if status == "unmet":
            for way in self._ways(result, is_one_of_many):
                yield SheetLine("way", way, depth=depth)

    def _details(self, result: TermResult, status: str) -> Iterator[str]:
        for key in result.term.facts:
            if key in self.decision.facts:
                if self._worth_telling(result, key):
                    yield self._dated(key, self._fact(key))
            elif status == "unknown":
                yield from self._missing(key)
        if status == "waived":
            yield self._waived(result.term.id)

    def _worth_telling(self, result: TermResult, key: str) -> bool:
        # A bound that the sentence itself tells is not told again.
        return key == result.term.fact or "{bound}" not in next(iter(result.term.says.values()), "")

    def _fact(self, key: str) -> str:
        """The value in words; a fragment has no full stop, sentences have theirs."""
        value, fact = self.decision.facts[key], self.words.fact(key)
        if key == AGREEMENT and isinstance(value, int):
            return self._agreement(value)
        if key == DEVICE and self.occasion.device_label:
            return self.occasion.device_label
        if isinstance(value, date):
            ago = self.words.how_long_ago(value, self.decision.on)
            return self.words.phrase("detail.date", day=self.words.day(value), ago=ago)
        if fact.type == "choice":
            return capitalised(self.words.value(fact, value))
        told = self.words.value(fact, value)
        return self.words.phrase("detail.fact", label=self.words.label(key), value=told)

    def _agreement(self, months: int) -> str:
        if months < 1:
            return self.words.phrase("detail.no_agreement")
        chosen = self.words.phrase("detail.chosen", value=self.words.count(months, "months"))
        ends = add(self.decision.on, Duration(months, "months"))
        if ends is None:
            return chosen
        return f"{chosen} {self.words.phrase('detail.agreement_to', day=self.words.day(ends))}"

    def _dated(self, key: str, detail: str) -> str:
        moment = self.occasion.as_of.get(key)
        if moment is None:
            return detail
        as_of = self.words.as_of(moment, self.decision.on)
        return self.words.phrase("detail.as_of", detail=detail.rstrip("."), as_of=as_of)

    def _missing(self, key: str) -> Iterator[str]:
        """Why a fact is missing; nothing where it could be asked and need not be."""
        reason = self.occasion.unfetched.get(key)
        if reason is not None:
            known = has_phrase(f"unfetched.{reason}")
            yield self.words.phrase(f"unfetched.{reason if known else 'other'}")
        elif key in self.decision.questions:
            yield self.words.phrase("detail.ask")
        elif not self.words.fact(key).may_be_asked:
            yield self.words.phrase("detail.missing")

    def _waived(self, term_id: str) -> str:
        by = self.occasion.waivers.get(term_id)
        role = role_in_words(self.words, by.role if by is not None else "store_manager")
        if by is None or not by.reason:
            return self.words.phrase("detail.waived", role=role)
        return self.words.phrase("detail.waived_by", role=role, reason=by.reason.rstrip(". "))

    def _ways(self, result: TermResult, is_one_of_many: bool) -> Iterator[str]:
        fact = self.words.fact(result.term.fact)
        if result.met_on is not None:
            yield self.words.phrase("way.met_from", day=self.words.day(result.met_on))
        elif fact.rolls:
            yield self.words.phrase("way.unknown")
        if fact.change in ("choose", "pay", "staff"):
            yield self._told(result.term) or self.words.phrase(f"way.{fact.change}")
        elif not is_one_of_many:  # else another line of the group may well be changed
            yield self.words.phrase("way.nothing")
        for role in self._may_waive(result.term.id):
            yield capitalised(self.words.phrase("way.exception", role=role_in_words(self.words, role)))

    def _told(self, term: Term) -> str | None:
        """The way in numbers, where a way to yes sets the term's own fact to a number or an amount."""
        changes = (change for way in self._all_ways.ways for change in way.changes)
        change = next((one for one in changes if one.fact == term.fact and one.do in ("pay", "choose")), None)
        if change is None:
            return None
        if change.cost is not None:
            return self.words.phrase("way.pay_amount", amount=self.words.money(change.cost))
        fact = self.words.fact(term.fact)
        if fact.type not in ORDERED:
            return None
        return self.words.phrase(f"way.{change.do}_to", to=self.words.value(fact, change.to))

    @cached_property
    def _all_ways(self) -> Ways:
        return ways_to_yes(self.decision, self.words.catalogue)

    def _may_waive(self, term_id: str) -> Iterator[str]:
        document = self.decision.document
        if document is None:
            return
        largest = _largest_amount(document)
        for waivable in document.waivable:
            within = waivable.up_to is None or largest is None or largest.amount <= waivable.up_to.amount
            if waivable.term == term_id and within:
                yield waivable.by


def _largest_amount(version: PolicyVersion) -> Money | None:
    tiers: tuple[Tier, ...] = version.benefit.tiers
    return tiers[-1].amount if tiers else version.benefit.amount or version.benefit.at_most
