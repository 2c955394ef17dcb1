"""SHA-256 over RFC 8785 canonical JSON: equal content, equal digest, whatever the order of keys."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


def digest_of(content: Any) -> str:
    """`sha256:…` of plain JSON data (text, integers, booleans, None, lists, dicts)."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(content)).hexdigest()
