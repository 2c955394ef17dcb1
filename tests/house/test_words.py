"""Tracked files speak of the project alone, and nothing in them is left for later."""

import re
from collections.abc import Iterator

import pytest

from tests.house.sources import shown, text_files

# Written in pieces, so that this file does not hold them.
FOREIGN = {
    "an address of a package registry": "py"
    r"pi\.org|python"
    r"hosted\.org|registry\.np"
    r"mjs|deb\.deb"
    r"ian\.org",
    "a path of one machine": r"(?<![\w.-])/(wo" r"rk|fa" r"rm|ro" r"ot|ho" r"me/\w+)/",
    "a folder outside the project": r"\.\./sha" r"red",
    "something unfinished": r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|NotImpl" r"ementedError|lorem ip" r"sum",
}


def foreign_words(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        for kind, pattern in FOREIGN.items():
            if re.search(pattern, line, re.IGNORECASE if kind.startswith("an address") else 0):
                yield f"line {number}: {kind}"


def test_no_file_names_what_lies_outside_the_project() -> None:
    found = {shown(path): list(foreign_words(text)) for path, text in text_files()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "text",
    ["https://pypi.org/simple", "see /work/main", "# TODO: later", "read ../shared/x", "/root/x"],
)
def test_a_foreign_word_is_found(text: str) -> None:
    assert list(foreign_words(text))
