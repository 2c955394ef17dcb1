"""Answers in which a part goes out as it was stored.

What it is for: a recorded decision is ten kilobytes of JSON that never change. Reading them into a model and
writing them out again takes longer than everything else in an answer; here they are laid into it as text.
The bytes are those that the model itself would write.
What it must not know: any feature, the database, Flask.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter


@dataclass(frozen=True)
class ReadyJson:
    """An answer as its JSON text; it stands where a wire model would."""

    text: str

    def model_dump_json(self) -> str:
        """The text."""
        return self.text


def with_stored(kind: type[BaseModel], stored: Mapping[str, str], **fields: Any) -> ReadyJson:
    """A wire model's JSON from its fields, some of which come as stored JSON. Raises KeyError for a gap."""
    parts = []
    for name, adapter in _adapters(kind):
        text = stored[name] if name in stored else adapter.dump_json(fields[name]).decode()
        parts.append(f"{json.dumps(name)}:{text}")
    return ReadyJson("{" + ",".join(parts) + "}")


@cache
def _adapters(kind: type[BaseModel]) -> tuple[tuple[str, TypeAdapter[Any]], ...]:
    return tuple((name, TypeAdapter(field.rebuild_annotation())) for name, field in kind.model_fields.items())
