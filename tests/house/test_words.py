"""Tracked files speak of the project alone, and nothing in them is left for later."""

import re
from collections.abc import Iterator

import pytest

from tests.house.sources import shown, text_files

# Written with a bracket each, so that this file does not hold them.
FOREIGN = {
    "an address of a package registry": r"pyp[i]\.org|pythonhos[t]ed|registry\.np[m]js|deb\.deb[i]an\.org",
    "a path of one machine": r"(?<![\w.-])/(w[o]rk|f[a]rm|r[o]ot|h[o]me/\w+)/",
    "a folder outside the project": r"\.\./s[h]ared",
    "something unfinished": r"\b(T[O]DO|F[I]XME|X[X]X)\b|NotImpl[e]mentedError|lorem i[p]sum",
}


def foreign_words(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        for kind, pattern in FOREIGN.items():
            if re.search(pattern, line, re.IGNORECASE if kind.startswith("an address") else 0):
                yield f"line {number}: {kind}"


def test_no_file_names_what_lies_outside_the_project() -> None:
    found = {shown(path): list(foreign_words(text)) for path, text in text_files()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_word_is_found(kind: str) -> None:
    plain = FOREIGN[kind].split("|")[-1].replace("[", "").replace("]", "").replace("\\", "")
    example = {"a path of one machine": "/" + "work" + "/main"}.get(kind, plain)
    assert list(foreign_words(f"see {example} there"))
