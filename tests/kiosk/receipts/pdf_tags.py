"""Reads the tags of a PDF as a screen reader does: the structure tree, part by part, with what each marks.

It shares no code with the one that writes them: the tree is walked by its own entries, and the texts are
taken from the page's stream by the fonts' own tables.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, DecodedStreamObject, NameObject

MARKED = re.compile(rb"<</MCID (\d+)>> BDC(.*?)EMC", re.DOTALL)
PAINTS = {b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*", b"Tj", b"TJ", b"'", b'"', b"Do", b"sh"}


@dataclass(frozen=True)
class Part:
    """One element of the tree: its type, its text, and the words in place of a picture."""

    role: str
    text: str
    words: str


def read_tags(data: bytes) -> list[Part]:
    """The document's parts in the order in which they are read out."""
    reader = PdfReader(io.BytesIO(data))
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    texts = {page.indirect_reference: _texts(page) for page in reader.pages}
    document = root["/StructTreeRoot"]["/K"].get_object()
    assert document["/S"] == "/Document"
    parents = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parts = []
    for kid in document["/K"]:
        element = kid.get_object()
        place = element.raw_get("/Pg")
        number = int(element["/K"])
        # The way back, from what is marked to its element, must lead to the same one.
        key = place.get_object()["/StructParents"]
        listed = parents[parents.index(key) + 1]
        assert listed[number] == kid
        text = texts[place][number] if element["/S"] != "/Figure" else ""
        parts.append(Part(element["/S"][1:], text, str(element.get("/Alt", ""))))
    return parts


def _texts(page: PageObject) -> dict[int, str]:
    """The text below each number of marked content, set again on a page of its own."""
    found: dict[int, str] = {}
    contents: Any = page["/Contents"]
    for number, drawn in MARKED.findall(contents.get_data()):
        stream = DecodedStreamObject()
        stream.set_data(drawn)
        alone = PageObject.create_blank_page(width=page.mediabox.width, height=page.mediabox.height)
        alone[NameObject("/Resources")] = page["/Resources"]
        alone[NameObject("/Contents")] = stream
        found[int(number)] = " ".join(alone.extract_text().split())
    return found


def untagged_marks(data: bytes) -> list[str]:
    """What is painted outside of every part and every ornament; none in a document that is wholly tagged."""
    reader = PdfReader(io.BytesIO(data))
    loose = []
    for page in reader.pages:
        depth = 0
        for _, operator in ContentStream(page["/Contents"], reader).operations:
            depth += {b"BDC": 1, b"BMC": 1, b"EMC": -1}.get(operator, 0)
            assert 0 <= depth <= 1
            if depth == 0 and operator in PAINTS:
                loose.append(operator.decode())
    return loose
