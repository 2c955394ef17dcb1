"""Billing by two files: postings are appended to one, confirmations are read from the other.

What it is for: a billing system that takes batches, and trying things out. The first file has a JSON line for
each posting; the second, named like it with `.confirmed` added, is written by billing, a line for each:
{"posting_id": …, "state": "accepted", "reference": …, "amount": "50.00"}.
What it must not know: the database, HTTP.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from store_api.billing.ports import BillingFailed, Confirmation, Posting

STATES = ("accepted", "rejected", "pending")


class LinesFile:
    """A growing file of JSON lines, by posting; only what was added since is read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_to = 0
        self._lines: dict[str, dict[str, Any]] = {}

    def find(self, posting_id: str) -> dict[str, Any] | None:
        """The last line of a posting."""
        for line in self._new_lines():
            if isinstance(line, dict) and isinstance(line.get("posting_id"), str):
                self._lines[line["posting_id"]] = line
        return self._lines.get(posting_id)

    def _new_lines(self) -> Iterator[Any]:
        try:
            with self._path.open("rb") as file:
                if self._path.stat().st_size < self._read_to:
                    self._read_to = 0
                file.seek(self._read_to)
                added = file.read()
        except FileNotFoundError:
            return
        # A line without its end is still being written.
        whole = added[: added.rfind(b"\n") + 1]
        self._read_to += len(whole)
        for line in whole.splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue


class FileBilling:
    """The port on two files; several processes may share them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._posted = LinesFile(path)
        self._confirmed = LinesFile(path.with_name(path.name + ".confirmed"))

    def post(self, posting: Posting) -> None:
        """Append the posting and wait until the disk has it; one that stands there is left alone."""
        try:
            with self._path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if self._posted.find(posting.posting_id) is not None:
                    return
                file.seek(0, os.SEEK_END)
                # A power cut may have left half a line; it gets its end, so that it spoils no other.
                start = b"\n" if file.tell() and not _ends_with_line(file) else b""
                line = json.dumps(posting.as_json(), ensure_ascii=False, separators=(",", ":"))
                file.write(start + line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise BillingFailed(f"the file of postings cannot be written: {error.strerror}") from None

    def look_up(self, posting: Posting) -> Confirmation | None:
        """What the file of confirmations says; pending while it is silent on one that was written."""
        try:
            line = self._confirmed.find(posting.posting_id)
            if line is None or line.get("state") not in STATES:
                was_written = self._posted.find(posting.posting_id) is not None
                return Confirmation("pending") if was_written else None
        except OSError as error:
            raise BillingFailed(f"the file of confirmations cannot be read: {error.strerror}") from None
        return read_confirmation(line)


def read_confirmation(told: dict[str, Any]) -> Confirmation:
    """What billing said, from JSON. Raises BillingFailed where it is not in the form."""
    if told.get("state") not in STATES:
        raise BillingFailed("billing's answer has no state that is known")
    texts = {name: told.get(name) or "" for name in ("reference", "reason")}
    amount = told.get("amount")
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(amount, str | None):
        raise BillingFailed("billing's answer has fields that are no text")
    return Confirmation(told["state"], texts["reference"][:80], amount, texts["reason"][:200])


def _ends_with_line(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
