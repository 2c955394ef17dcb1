"""A canvas whose document says what its parts are: headings, paragraphs, pictures with words, and ornament.

What it is for: a tagged PDF (ISO 32000-1, 14.7 and 14.8), which a screen reader reads as it was meant. The
PDF library draws and has no tags, but lets marks into a page and entries into the catalogue: both are made
here.
What it must not know: receipts, vouchers, and how anything looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFPage, PDFString
from reportlab.pdfgen.canvas import Canvas

Role = Literal["H1", "H2", "P", "Figure"]
"""Standard structure types (ISO 32000-1, 14.8.4)."""
ROOT, DOCUMENT, PARENTS = "tags.root", "tags.document", "tags.parents"


@dataclass(frozen=True, slots=True)
class Tag:
    """A part of a page: what it is, words in place of a picture, and its number on the page."""

    role: Role
    words: str
    page: int
    number: int

    @property
    def name(self) -> str:
        """The name under which the document keeps it."""
        return f"tags.{self.page}.{self.number}"


class TaggedCanvas(Canvas):  # type: ignore[misc]  # the library is not typed
    """A canvas that `tagged` and `ornament` mark; the tags are written with the document."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._tags: list[Tag] = []
        self._page = 0
        super().__init__(*given, **named)

    def begin(self, role: Role, words: str) -> None:
        """What is drawn from here on is a part of its own."""
        number = sum(tag.page == self._page for tag in self._tags)
        self._tags.append(Tag(role, words, self._page, number))
        self._code.append(f"/{role} <</MCID {number}>> BDC")

    def begin_ornament(self) -> None:
        """What is drawn from here on says nothing."""
        self._code.append("/Artifact BMC")

    def end(self) -> None:
        """The end of a part, or of an ornament."""
        self._code.append("EMC")

    def showPage(self) -> None:
        """Close the page, which then knows its own parts."""
        super().showPage()
        page: Any = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = self._page, PDFName("S")
        self._page += 1

    def save(self) -> None:
        """Write the document with its tags."""
        document, catalogue = self._doc, self._doc.Catalog
        document.Reference(self._root(), ROOT)
        document.Reference(self._document(), DOCUMENT)
        document.Reference(self._parents(), PARENTS)
        for tag in self._tags:
            document.Reference(self._element(tag), tag.name)
        catalogue.StructTreeRoot = PDFObjectReference(ROOT)
        catalogue.MarkInfo = PDFDictionary({"Marked": "true"})
        super().save()

    def _root(self) -> PDFDictionary:
        return PDFDictionary(
            {
                "Type": PDFName("StructTreeRoot"),
                "K": PDFObjectReference(DOCUMENT),
                "ParentTree": PDFObjectReference(PARENTS),
                "ParentTreeNextKey": self._page,
            }
        )

    def _document(self) -> PDFDictionary:
        kids = [PDFObjectReference(tag.name) for tag in self._tags]
        parent = PDFObjectReference(ROOT)
        named = {"Type": PDFName("StructElem"), "S": PDFName("Document")}
        return PDFDictionary({**named, "P": parent, "K": PDFArray(kids)})

    def _parents(self) -> PDFDictionary:
        """From a page's number and a part's number on it to the part: the number tree of 14.7.4.4."""
        numbers: list[Any] = []
        for page in range(self._page):
            on_it = [PDFObjectReference(tag.name) for tag in self._tags if tag.page == page]
            numbers += [page, PDFArray(on_it)]
        return PDFDictionary({"Nums": PDFArray(numbers)})

    def _element(self, tag: Tag) -> PDFDictionary:
        page: Any = self._doc.Pages.pages[tag.page]
        entries: dict[str, Any] = {
            "Type": PDFName("StructElem"),
            "S": PDFName(tag.role),
            "P": PDFObjectReference(DOCUMENT),
            "Pg": self._doc.Reference(page),
            "K": tag.number,
        }
        if tag.words:
            entries["Alt"] = PDFString(tag.words)
        return PDFDictionary(entries)


@contextmanager
def tagged(canvas: Canvas, role: Role, words: str = "") -> Iterator[None]:
    """What is drawn within is one part of the document; `words` stand in place of a picture."""
    if not isinstance(canvas, TaggedCanvas):
        yield
        return
    canvas.begin(role, words)
    yield
    canvas.end()


@contextmanager
def ornament(canvas: Canvas) -> Iterator[None]:
    """What is drawn within is there for the eye alone, and is not read out."""
    if not isinstance(canvas, TaggedCanvas):
        yield
        return
    canvas.begin_ornament()
    yield
    canvas.end()
