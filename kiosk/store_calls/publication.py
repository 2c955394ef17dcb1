"""Policies on their way to being in force: drafts, checks, approval, versions, the stop, previews."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TypeVar

import httpx
from pydantic import ValidationError

from kiosk.errors import StoreUndecided, StoreUnreachable
from kiosk.store_calls.sending import Sender, part, read_answer, read_stored, refusal
from store_api import contract as wire

T = TypeVar("T")
DRAFTS = "/v1/policies/drafts"

# Proofs ask the solver some dozens of questions, each of which may take five seconds.
SLOW = httpx.Timeout(5.0, read=300.0)
# A line of a preview comes for every batch of decisions.
STREAM = httpx.Timeout(5.0, read=60.0)


class PublicationCalls(Sender):
    """Policies on their way to being in force: drafts, checks, approval, versions, the stop, previews."""

    # drafts

    def drafts(self) -> wire.DraftList:
        """Every draft, the newest change first."""
        return self.read(DRAFTS, wire.DraftList)

    def draft(self, draft_id: str) -> wire.Draft:
        """A draft with its checks and sentences, as this caller sees it."""
        return self.read(f"{DRAFTS}/{part(draft_id)}", wire.Draft)

    def add_draft(self, text: str, key: str) -> wire.Draft:
        """Keep a policy document as a new draft; a faulty one is kept with its faults."""
        return self.write("POST", DRAFTS, wire.DraftRequest(text=text), key, wire.Draft)

    def edit_draft(self, draft_id: str, text: str, revision: int, key: str) -> wire.Draft:
        """Change a draft's text, unless somebody else changed it since `revision`."""
        body = wire.DraftEdit(text=text, revision=revision)
        return self.write("PUT", f"{DRAFTS}/{part(draft_id)}", body, key, wire.Draft)

    def withdraw_draft(self, draft_id: str, revision: int, key: str) -> wire.Draft:
        """Give a draft up."""
        body = wire.DraftStep(revision=revision)
        return self.write("POST", f"{DRAFTS}/{part(draft_id)}/withdraw", body, key, wire.Draft)

    def check_draft(self, draft_id: str, revision: int, key: str) -> wire.Draft:
        """Run form, examples, proofs and comparison; takes seconds."""
        body = wire.DraftStep(revision=revision)
        return self._write_slowly(f"{DRAFTS}/{part(draft_id)}/checks", body, key, wire.Draft)

    def confirm_sentence(
        self, draft_id: str, sentence: str, text_digest: str, shown: str, key: str
    ) -> wire.Draft:
        """Say that a sentence was read beside its reading and that they mean the same."""
        body = wire.SentenceConfirmation(text_digest=text_digest, shown=shown)
        path = f"{DRAFTS}/{part(draft_id)}/sentences/{part(sentence)}"
        return self.write("PUT", path, body, key, wire.Draft)

    def approve_draft(
        self, draft_id: str, text_digest: str, comparison_digest: str, pin: str, key: str
    ) -> wire.ApprovalAnswer:
        """Approve exactly what was shown, with one's own PIN."""
        body = wire.ApprovalRequest(text_digest=text_digest, comparison_digest=comparison_digest, pin=pin)
        return self.write("POST", f"{DRAFTS}/{part(draft_id)}/approve", body, key, wire.ApprovalAnswer)

    def preview_draft(self, draft_id: str) -> wire.SheetPreview:
        """The sheets that customers would read."""
        return self.read(f"{DRAFTS}/{part(draft_id)}/preview", wire.SheetPreview)

    def ask_impact(self, draft_id: str, text_digest: str, days: int, key: str) -> wire.ImpactRun:
        """Ask for the impact preview; `follow_impact` then does it."""
        body = wire.ImpactRequest(text_digest=text_digest, days=days)
        return self.write("POST", f"{DRAFTS}/{part(draft_id)}/impact", body, key, wire.ImpactRun)

    def follow_impact(self, draft_id: str, run_id: str) -> Iterator[wire.ImpactProgress]:
        """The preview's lines as they come; leaving the loop (closing it) cancels the preview."""
        path = f"{DRAFTS}/{part(draft_id)}/impact/{part(run_id)}"
        headers = {**self.headers(), "Accept": "application/x-ndjson"}
        try:
            with self.http.stream("GET", path, headers=headers, timeout=STREAM) as response:
                if response.status_code != 200:
                    response.read()
                    raise refusal(response)
                for line in response.iter_lines():
                    if line:
                        yield wire.ImpactProgress.model_validate_json(line)
        except (httpx.HTTPError, ValidationError) as error:
            raise StoreUnreachable(str(error)) from error

    # versions

    def all_versions(self) -> wire.VersionShelf:
        """Every version of every policy."""
        return self.read("/v1/policies/versions", wire.VersionShelf)

    def versions(self, policy: str) -> wire.VersionList:
        """Every version of a policy; public, with names for staff."""
        return self.read(f"/v1/policies/{part(policy)}/versions", wire.VersionList)

    def version_document(self, policy: str, version: int) -> wire.VersionDocument:
        """A version's text and sentences."""
        return self.read(f"{_version(policy, version)}/document", wire.VersionDocument)

    def comparison(self, policy: str, version: int) -> wire.ComparisonText:
        """What a version changed against the one before it; public."""
        return self.read(f"{_version(policy, version)}/comparison", wire.ComparisonText)

    def term_counts(self, policy: str, version: int, days: int = 30) -> wire.TermCounts:
        """How often each term was unmet, waived and misquoted."""
        return self.read(f"{_version(policy, version)}/counts?days={days}", wire.TermCounts)

    def draft_successor(
        self, policy: str, version: int, starts_on: dt.date, ends_on: dt.date | None, key: str
    ) -> wire.Draft:
        """Make the draft of the version after this one."""
        body = wire.SuccessorRequest(starts_on=starts_on, ends_on=ends_on)
        return self.write("POST", f"{_version(policy, version)}/successor", body, key, wire.Draft)

    def ask_stop(self, policy: str, version: int, reason: str, key: str) -> wire.StopAnswer:
        """Ask for the emergency stop of a version; another person confirms it."""
        body = wire.StopRequest(reason=reason)
        return self.write("POST", f"{_version(policy, version)}/stop", body, key, wire.StopAnswer)

    def withdraw_stop(self, policy: str, version: int, key: str) -> wire.StopAnswer:
        """Take back that a stop was asked for."""
        path = f"{_version(policy, version)}/stop/withdraw"
        return self.write("POST", path, None, key, wire.StopAnswer)

    def confirm_stop(self, policy: str, version: int, stop_id: str, pin: str, key: str) -> wire.StopAnswer:
        """Confirm the stop that another person asked for."""
        body = wire.StopConfirmation(stop_id=stop_id, pin=pin)
        return self.write("POST", f"{_version(policy, version)}/stop/confirm", body, key, wire.StopAnswer)

    def _write_slowly(self, path: str, body: wire.Wire, key: str, answer: type[T]) -> T:
        """A POST that may take minutes. Sent once; where no answer came, its key says what became of it."""
        headers = {**self.headers(), "Idempotency-Key": key, "Content-Type": "application/json"}
        content = body.model_dump_json(exclude_unset=True)
        try:
            response = self.http.request("POST", path, content=content, headers=headers, timeout=SLOW)
        except httpx.HTTPError:
            return self._settled(key, answer)
        return read_answer(response, answer)

    def _settled(self, key: str, answer: type[T]) -> T:
        try:
            state = self.key_state(key)
        except StoreUnreachable:
            raise StoreUndecided(key) from None
        if state.state == "unknown":
            raise StoreUnreachable(f"nothing was done for key {key}")
        return read_stored(state, answer)


def _version(policy: str, version: int) -> str:
    return f"/v1/policies/{part(policy)}/versions/{version}"
