"""What a leaf of the log says: one entry as the bytes that are hashed, and commitments to personal fields.

What it is for: the same entry always gives the same bytes, on every database and in an export: its fields as
canonical JSON (RFC 8785; no number in it has a fraction), in UTF-8.
What it must not know: the tree, the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Leaf:
    """An entry's fields that are hashed. `at` is aware."""

    entry_id: str
    node_id: str
    at: dt.datetime
    action: str
    actor: str
    subject: str
    details: Mapping[str, Any]
    commitments: Mapping[str, str]

    def text(self) -> str:
        """The canonical JSON of the entry."""
        fields = {
            "action": self.action,
            "actor": self.actor,
            "at": self.at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
            "commitments": self.commitments,
            "details": self.details,
            "entry_id": self.entry_id,
            "node_id": self.node_id,
            "subject": self.subject,
        }
        return canonical(fields)


def commitment(name: str, value: str, salt: str) -> str:
    """The salted digest of a personal field: SHA-256 over the JSON array [salt, name, value]."""
    opened = json.dumps([salt, name, value], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(opened.encode()).hexdigest()


def canonical(content: Any) -> str:
    """JSON with sorted keys and no space (RFC 8785), of content in which no number has a fraction.

    Keys here are plain ASCII names, for which sorting by code point is the standard's own order.
    """
    return _WRITER.encode(content)


_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def refuse_fractions(content: Any) -> None:
    """Raise ValueError for a number with a fraction: it has no one way to be written."""
    if isinstance(content, float):
        raise ValueError("a log entry holds whole numbers and texts only")
    if isinstance(content, Mapping):
        for value in content.values():
            refuse_fractions(value)
    elif isinstance(content, (list, tuple)):
        for value in content:
            refuse_fractions(value)
