"""YAML text to a tree of plain nodes that know their line and column.

Built from the parser's events with a stack of our own, so that neither depth nor aliases can hurt. Of plain
scalars only `true`, `false`, `null` and integers are read as such; everything else stays text until a fact's
type reads it, and nothing passes through a float. Must know nothing of facts or policies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from store_api.policy.errors import ErrorList, Place, fail, shown

# Limits chosen to be far above any written policy and far below what hurts: a 24-term policy is 6 kB deep 7.
MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_INTEGER_DIGITS = 15  # every such integer is exact in JSON (RFC 8785 allows 2**53 - 1)

_INTEGER = re.compile(r"[-+]?[0-9]+")
_NAMED: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}

Plain = str | int | bool | None
Raw = Plain | list["Raw"] | dict[str, "Raw"]


@dataclass(frozen=True)
class ScalarNode:
    """A single value as written: text, integer, true, false or null."""

    value: Plain
    place: Place


@dataclass(frozen=True)
class ListNode:
    """A sequence of nodes."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class MapNode:
    """A mapping with text keys, in the order written; `key_places` tells where each key stands."""

    entries: dict[str, Node]
    key_places: dict[str, Place]
    place: Place

    def key_place(self, key: str) -> Place:
        """Where the key stands, or the mapping itself where it is absent."""
        return self.key_places.get(key, self.place)


Node = ScalarNode | ListNode | MapNode


def raw_of(node: Node) -> Raw:
    """The node as plain Python data (text, integers, booleans, None, lists, dicts)."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [raw_of(item) for item in node.items]
    return {key: raw_of(value) for key, value in node.entries.items()}


def read_file_text(path: str | Path) -> str:
    """The text of a UTF-8 file of at most `MAX_BYTES`; a byte order mark is dropped.

    Raises PolicyErrors with `file.unreadable`, `file.too_large` or `file.not_utf8`.
    """
    place = Place(str(path))
    try:
        with open(path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fail(place, "file.unreadable", f"cannot read this file: {reason}")
    if len(content) > MAX_BYTES:
        fail(place, "file.too_large", f"larger than {MAX_BYTES} bytes")
    return _decode(content, place.file)


def _decode(content: bytes, filename: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        fail(_place_after(before, filename), "file.not_utf8", f"not UTF-8: byte 0x{content[error.start]:02x}")


def _place_after(before: str, filename: str) -> Place:
    last_line = before.rsplit("\n", 1)[-1]
    return Place(filename, before.count("\n") + 1, len(last_line) + 1)


def read_tree(text: str, filename: str) -> Node:
    """Parse one YAML document.

    Raises PolicyErrors: syntax errors, an empty file, more than one document, anchors, aliases, tags,
    duplicate or non-text keys, too deep, too long. Faults of keys are collected, the others end the reading.
    """
    if len(text) > MAX_BYTES:
        fail(Place(filename), "file.too_large", f"longer than {MAX_BYTES} characters")
    builder = _Builder(filename)
    try:
        for event in yaml.parse(text.removeprefix("\ufeff"), Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(filename, mark.line + 1, mark.column + 1) if mark else Place(filename)
        fail(place, "yaml.syntax", str(error.problem or error.context or "cannot be parsed"))
    except yaml.reader.ReaderError as error:
        fail(_reader_place(error, text, filename), "yaml.character", f"character not allowed: {error.reason}")
    except (yaml.YAMLError, UnicodeError) as error:
        fail(Place(filename), "yaml.syntax", shown(str(error)))
    return builder.finish()


def _reader_place(error: yaml.reader.ReaderError, text: str, filename: str) -> Place:
    # libyaml counts in bytes of UTF-8.
    before = text.encode("utf-8", "replace")[: max(0, int(error.position or 0))].decode("utf-8", "replace")
    return _place_after(before, filename)


@dataclass
class _Open:
    """A collection whose end has not been seen yet."""

    place: Place
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    key_places: dict[str, Place] = field(default_factory=dict)
    key: str | None = None
    ignore_value: bool = False  # the value of a refused key


class _Builder:
    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.errors = ErrorList()
        self.stack: list[_Open] = []
        self.root: Node | None = None

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        place = Place(self.filename, mark.line + 1, mark.column + 1) if mark else Place(self.filename)
        self._refuse_extras(event, place)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, place)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._open(place, isinstance(event, yaml.MappingStartEvent))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._close()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            fail(place, "yaml.documents", "one document a file, please: a second one begins here")

    def _refuse_extras(self, event: yaml.Event, place: Place) -> None:
        if isinstance(event, yaml.AliasEvent):
            fail(place, "yaml.alias", f"aliases are not allowed: *{event.anchor}")
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            fail(place, "yaml.anchor", f"anchors are not allowed: &{event.anchor}")
        tag = getattr(event, "tag", None)
        if tag is not None:
            fail(place, "yaml.tag", f"tags are not allowed: {shown(tag)}")

    def _open(self, place: Place, is_map: bool) -> None:
        if self._expects_key():
            fail(place, "yaml.key", "keys must be plain text")
        if len(self.stack) >= MAX_DEPTH:
            fail(place, "yaml.too_deep", f"nested deeper than {MAX_DEPTH} levels")
        self.stack.append(_Open(place, is_map))

    def _close(self) -> None:
        done = self.stack.pop()
        if done.is_map:
            self._add(MapNode(done.entries, done.key_places, done.place))
        else:
            self._add(ListNode(tuple(done.items), done.place))

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> None:
        value = self._plain(event.value, place) if event.implicit[0] else event.value
        if self._expects_key():
            self._key(value, place)
        else:
            self._add(ScalarNode(value, place))

    def _plain(self, text: str, place: Place) -> Plain:
        if text in _NAMED:
            return _NAMED[text]
        if not _INTEGER.fullmatch(text):
            return text
        if len(text.lstrip("+-")) > MAX_INTEGER_DIGITS:
            self.errors.add(place, "number.too_large", f"more than {MAX_INTEGER_DIGITS} digits")
            return 0
        return int(text)

    def _expects_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].is_map and self.stack[-1].key is None

    def _key(self, value: Plain, place: Place) -> None:
        top = self.stack[-1]
        top.key = str(value)
        top.ignore_value = True
        if not isinstance(value, str):
            self.errors.add(place, "yaml.key", f"keys must be text, not {shown(value)}")
        elif value in top.entries:
            self.errors.add(place, "yaml.duplicate_key", f"this key is here twice: {shown(value)}")
        else:
            top.key_places[value] = place
            top.ignore_value = False

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if not top.is_map:
            top.items.append(node)
            return
        if top.key is not None and not top.ignore_value:
            top.entries[top.key] = node
        top.key = None

    def finish(self) -> Node:
        self.errors.raise_if_any()
        if self.root is None:
            fail(Place(self.filename), "file.empty", "this file is empty")
        return self.root
