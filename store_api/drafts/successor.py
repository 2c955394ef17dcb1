"""The text of a policy's next version, made from one that is there: a new number, and new dates.

What it is for: corrections and withdrawals are new versions; everything else of the text stays as somebody
wrote it, comments and layout too. What it must not know: the database, Flask.
"""

from __future__ import annotations

import datetime as dt

from store_api.policy.nodes import MapNode, Node, ScalarNode, read_tree

FILE = "version.yaml"


def next_text(text: str, version: int, starts_on: dt.date, ends_on: dt.date | None) -> str:
    """The document with another number, start and end; `ends_on` is its first day out of force.

    The text is one that was read before, so that its parts are where the reader found them.
    """
    tree = read_tree(text, FILE)
    span = _entry(tree, "effective")
    assert isinstance(span, MapNode)
    edits = [(_entry(tree, "version"), str(version))]
    until = span.entries.get("until")
    told = ends_on.isoformat() if ends_on is not None else "null"
    start = starts_on.isoformat()
    if until is not None:
        edits.append((until, told))
    elif ends_on is not None:
        start += _added(text, span, told)
    edits.append((span.entries["from"], start))
    return _edited(text, edits)


def _added(text: str, span: MapNode, until: str) -> str:
    """How an end is written behind the start: on its line within braces, else on a line of its own."""
    offset = _offset(text, span)
    if text[offset] == "{":
        return f", until: {until}"
    return "\n" + " " * (span.key_place("from").column - 1) + f"until: {until}"


def _edited(text: str, edits: list[tuple[Node, str]]) -> str:
    """Replace the scalars, the last one first, so that no other place moves."""
    for node, told in sorted(edits, key=lambda edit: -_offset(text, edit[0])):
        begin = _offset(text, node)
        text = text[:begin] + told + text[begin + _length(text, begin) :]
    return text


def _length(text: str, begin: int) -> int:
    """How long the scalar is that begins here: to its closing quote, or to what ends a plain one."""
    quote = text[begin]
    if quote in "'\"":
        return text.index(quote, begin + 1) + 1 - begin
    end = begin
    while end < len(text) and text[end] not in " \t\r\n,}#":
        end += 1
    return end - begin


def _offset(text: str, node: Node) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: node.place.line - 1]) + node.place.column - 1


def _entry(tree: Node, key: str) -> Node:
    assert isinstance(tree, MapNode)
    node = tree.entries[key]
    assert isinstance(node, ScalarNode | MapNode)
    return node
