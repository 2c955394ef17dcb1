"""Reading request bodies strictly.

What it is for: JSON that two readers could understand differently, or that could not be stored again, is
refused before anything else looks at it (RFC 8259; I-JSON, RFC 7493).
What it must not know: what the body is about.
"""

from __future__ import annotations

import json
import re
from typing import Any

from store_api.errors import BadRequest

MAXIMUM_DEPTH = 32
MAXIMUM_DIGITS = 40
"""Longest number accepted, in characters: far beyond any amount, far below what slows a reader down."""


_NOT_STORED = re.compile("[\x00\ud800-\udfff]")


def check_json(body: bytes) -> None:
    """Raise BadRequest unless `body` is unambiguous JSON in UTF-8. The value itself is not kept."""
    text = _decode(body)
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_number,
            parse_float=_check_number,
            parse_int=_check_number,
        )
    except (json.JSONDecodeError, RecursionError):
        raise BadRequest("json.malformed") from None
    _check_text(value)


def _decode(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("json.malformed") from None
    if text.startswith("\ufeff"):
        raise BadRequest("json.malformed")
    return text


def _check_depth(text: str) -> None:
    """Count brackets outside of strings, so that no reader has to recurse to find out."""
    if text.count("[") + text.count("{") <= MAXIMUM_DEPTH:
        return
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > MAXIMUM_DEPTH:
                raise BadRequest("json.too_deep")
        elif character in "]}":
            depth -= 1


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise BadRequest("json.duplicate_key")
    return dict(pairs)


def _refuse_number(_text: str) -> None:
    raise BadRequest("json.bad_number")


def _check_number(text: str) -> str:
    exponent = text.lower().partition("e")[2].lstrip("+-0")
    if len(text) > MAXIMUM_DIGITS or len(exponent) > 2:
        raise BadRequest("json.bad_number")
    return "0"


def _check_text(value: Any) -> None:
    """Refuse lone surrogates and NUL, which no database stores."""
    if isinstance(value, str):
        if _NOT_STORED.search(value):
            raise BadRequest("json.bad_text")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_text(name)
            _check_text(item)
    elif isinstance(value, list):
        for item in value:
            _check_text(item)
