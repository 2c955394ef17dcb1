"""Reads the fields of one mapping and notes every fault with its place.

Knows how fields look (words, sentences, texts, flags), nothing of what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from store_api.policy.errors import ErrorList, Place, shown
from store_api.policy.nodes import ListNode, MapNode, Node, ScalarNode, raw_of


class FieldReader:
    """The known fields of a mapping; unknown ones are refused at once."""

    def __init__(self, node: Node, errors: ErrorList, topic: str, known: Sequence[str]) -> None:
        self.errors = errors
        self.topic = topic
        self.place = node.place
        self.node = node if isinstance(node, MapNode) else MapNode({}, {}, node.place)
        self.is_mapping = isinstance(node, MapNode)
        if not self.is_mapping:
            errors.add(node.place, f"{topic}.not_a_mapping", f"expected a mapping with: {', '.join(known)}")
        for key in self.node.entries:
            if key not in known:
                message = f"unknown key {shown(key)}; known here: {', '.join(known)}"
                errors.add(self.node.key_place(key), f"{topic}.unknown_key", message)

    def get(self, key: str, required: bool = False) -> Node | None:
        """The field's node, or None where it is absent."""
        node = self.node.entries.get(key)
        if node is None and required and self.is_mapping:
            self.errors.add(self.place, f"{self.topic}.missing_key", f"{key} is missing")
        return node

    def place_of(self, key: str) -> Place:
        """Where the field's value stands, or the mapping where it is absent."""
        node = self.node.entries.get(key)
        return node.place if node is not None else self.place

    def text(self, key: str, required: bool = True) -> str | None:
        """Text that is not empty."""
        node = self.get(key, required)
        if node is None:
            return None
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value.strip():
            return node.value
        self.errors.add(
            node.place, f"{self.topic}.not_text", f"{key} must be text, not {shown(raw_of(node))}"
        )
        return None

    def word(self, key: str, known: Sequence[str], required: bool = False) -> str | None:
        """One of a few known words."""
        node = self.get(key, required)
        if node is None:
            return None
        value = raw_of(node)
        if isinstance(value, str) and value in known:
            return value
        message = f"{key} is one of: {', '.join(known)}; not {shown(value)}"
        self.errors.add(node.place, f"{self.topic}.unknown_word", message)
        return None

    def integer(self, key: str, required: bool = True, least: int = 1) -> int | None:
        """A whole number not below `least`."""
        node = self.get(key, required)
        if node is None:
            return None
        value = raw_of(node)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        message = f"{key} must be a whole number of at least {least}, not {shown(value)}"
        self.errors.add(node.place, f"{self.topic}.not_integer", message)
        return None

    def flag(self, key: str) -> bool:
        """true or false; false where absent."""
        node = self.get(key)
        value = raw_of(node) if node is not None else False
        if isinstance(value, bool):
            return value
        self.errors.add(self.place_of(key), f"{self.topic}.not_boolean", f"{key} must be true or false")
        return False

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts that is not empty."""
        node = self.get(key)
        values = raw_of(node) if isinstance(node, ListNode) else None
        if isinstance(values, list) and values and all(isinstance(item, str) and item for item in values):
            return tuple(str(item) for item in values)
        self.errors.add(self.place_of(key), f"{self.topic}.not_texts", f"{key} must be a list of texts")
        return ()

    def says(self, key: str, languages: tuple[str, ...], required: bool = True) -> dict[str, str]:
        """Sentences by language, one for each of `languages`."""
        node = self.get(key, required)
        return read_says(node, languages, self.errors) if node is not None else {}

    def mapping(self, key: str, required: bool = False) -> MapNode | None:
        """A mapping; null counts as absent."""
        node = self.get(key, required)
        if node is None or isinstance(node, MapNode):
            return node
        if not (raw_of(node) is None and not required):
            self.errors.add(node.place, f"{self.topic}.not_a_mapping", f"{key} must be a mapping")
        return None

    def items(self, key: str, required: bool = False) -> tuple[Node, ...]:
        """The items of a list; null and absent count as empty."""
        node = self.get(key, required)
        if node is None or (raw_of(node) is None and not required):
            return ()
        if isinstance(node, ListNode):
            return node.items
        self.errors.add(node.place, f"{self.topic}.not_a_list", f"{key} must be a list")
        return ()

    def entries(self, key: str) -> Iterator[tuple[str, Place, Node]]:
        """Key, place of the key and node of each entry of a mapping; null and absent count as empty."""
        node = self.mapping(key)
        for name, value in node.entries.items() if node is not None else ():
            yield name, node.key_place(name), value  # type: ignore[union-attr]


def read_says(node: Node, languages: tuple[str, ...], errors: ErrorList) -> dict[str, str]:
    """`{en: …, es: …}`: text in every language, none missing; further languages are allowed."""
    if not isinstance(node, MapNode):
        errors.add(node.place, "says.form", f"expected a sentence in each of: {', '.join(languages)}")
        return {}
    for language in languages:
        if language not in node.entries:
            errors.add(node.place, "says.missing_language", f"no words in {language}")
    said: dict[str, str] = {}
    for language, text in node.entries.items():
        if isinstance(text, ScalarNode) and isinstance(text.value, str) and _is_plain(text.value):
            said[language] = _tidy(text.value)
        else:
            errors.add(text.place, "says.not_text", f"words in {shown(language)} must be one line of text")
    return said


def _is_plain(text: str) -> bool:
    # Control characters and line breaks have no place on a receipt.
    return bool(_tidy(text)) and _tidy(text).isprintable()


def _tidy(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").strip()


def as_mapping(node: Node) -> Mapping[str, Node]:
    """Entries of a mapping node, or nothing."""
    return node.entries if isinstance(node, MapNode) else {}
