"""The central office as a stage: authors and regional managers of the demo take a policy to approval."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from store_api.demo.service import POLICIES
from tests.store_api.clients import Client
from tests.store_api.story import Story, body_of

CREDIT = "upgrade-credit-50"
DRAFTS = "/v1/policies/drafts"
CURRENT = (POLICIES / "upgrade-credit-50-v3.yaml").read_text(encoding="utf-8")


def _example(name: str, facts: str, expect: str, more: str = "") -> str:
    return (
        f"  - name: {name}\n    date: 2027-11-21\n"
        f"    facts: {{voucher.issued_on: BEGINS, {facts}}}\n{more}    expect: {{{expect}}}\n"
    )


PHONE = "order.device_category: phone, order.agreement_months: 36"
EXAMPLES = "examples:\n" + "".join(
    (
        _example("Long enough", f"{PHONE}, line.last_upgrade_on: 2024-09-03", "outcome: eligible"),
        _example(
            "A tablet is no phone",
            "order.device_category: tablet, order.agreement_months: 36, line.last_upgrade_on: 2024-09-03",
            "outcome: not_eligible, first_yes_on: null",
        ),
        _example(
            "Not long enough yet",
            f"{PHONE}, line.last_upgrade_on: 2026-09-03",
            "outcome: not_eligible, first_yes_on: 2028-09-03",
        ),
        _example("Two questions are open", "line.last_upgrade_on: 2024-09-03", "outcome: undecided"),
        _example(
            "The manager sees that the phone failed",
            f"{PHONE}, line.last_upgrade_on: 2026-09-03",
            "outcome: eligible",
            "    waive: [since-last-upgrade]\n",
        ),
    )
)
"""Examples of days on which the next version is in force; BEGINS stands for its first day."""


def next_credit(begins: str = "2027-01-01", months: int = 12, number: int = 4) -> str:
    """The text of the credit's next version; by default it asks for a shorter agreement."""
    text = CURRENT[: CURRENT.index("examples:")]
    text = text.replace("version: 3", f"version: {number}").replace("from: 2025-01-01", f"from: {begins}")
    text = text.replace("at_least: 24\n", f"at_least: {months}\n")
    return text + EXAMPLES.replace("BEGINS", begins)


@dataclass
class Office:
    """Robin and Quinn write policies, Morgan and Taylor approve them."""

    story: Story

    def staff(self, name: str) -> Client:
        """Somebody signed in at the desk."""
        return self.story.staff(name, "head-office")

    def pin(self, name: str) -> str:
        """Their own PIN."""
        return str(next(each["pin"] for each in self.story.cast["staff"] if each["name"] == name))

    def draft(self, text: str, by: str = "Robin") -> Any:
        """A new draft."""
        return body_of(self.staff(by).post(DRAFTS, {"text": text}))

    def look(self, draft_id: str, by: str = "Morgan") -> Any:
        """A draft as somebody sees it."""
        return body_of(self.staff(by).get(f"{DRAFTS}/{draft_id}"))

    def check(self, draft: Any, by: str = "Robin") -> Any:
        """Run the four checks that come at once."""
        path = f"{DRAFTS}/{draft['draft_id']}/checks"
        return body_of(self.staff(by).post(path, {"revision": draft["revision"]}))

    def impact(self, draft: Any, by: str = "Robin", days: int = 90) -> list[Any]:
        """Run the fifth; the lines of its stream."""
        path = f"{DRAFTS}/{draft['draft_id']}/impact"
        body = {"text_digest": draft["text_digest"], "days": days}
        run = body_of(self.staff(by).post(path, body))
        answer = self.staff(by).get(f"{path}/{run['run_id']}")
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    def confirm(self, draft: Any, sentence: Any, by: str = "Morgan") -> Any:
        """Confirm one sentence as it was shown."""
        path = f"{DRAFTS}/{draft['draft_id']}/sentences/{sentence['sentence']}"
        body = {"text_digest": draft["text_digest"], "shown": sentence["shown"]}
        return self.staff(by).put(path, body)

    def confirm_all(self, draft: Any, by: str = "Morgan") -> None:
        """Confirm every sentence, one by one."""
        for sentence in draft["sentences"]:
            body_of(self.confirm(draft, sentence, by))

    def approve(self, draft: Any, by: str = "Morgan", **changes: Any) -> Any:
        """Ask for the approval of a draft as it was shown; the answer."""
        comparison = next(check for check in draft["checks"] if check["kind"] == "comparison")["comparison"]
        body = {
            "text_digest": draft["text_digest"],
            "comparison_digest": comparison["digest"] if comparison else "sha256:" + "0" * 64,
            "pin": self.pin(by),
            **changes,
        }
        return self.staff(by).post(f"{DRAFTS}/{draft['draft_id']}/approve", body)

    def ready(self, text: str, by: str = "Robin", approver: str = "Morgan") -> Any:
        """A draft that lacks nothing but the approval; the one that lies ready, where it is that."""
        for each in body_of(self.staff(approver).get(DRAFTS))["drafts"]:
            known = self.look(each["draft_id"], approver)
            if (known["text"], known["author"], known["hindrances"]) == (text, by, []):
                return known
        draft = self.check(self.draft(text, by), by)
        self.impact(draft, by)
        self.confirm_all(draft, approver)
        return self.look(draft["draft_id"], approver)

    def publish(self, text: str) -> Any:
        """The approved version."""
        answer = body_of(self.approve(self.ready(text)))
        assert answer["code"] is None, answer
        return answer["version"]
