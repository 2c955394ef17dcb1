"""Makes a receipt from a terms sheet: the sheet's own lines, in their order, with a head and a foot.

What it is for: the one place where a sheet becomes something to print. What it must not know: how a line
looks on any paper, and the rules; it never drops, adds or rewords a line of the sheet.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from babel.dates import format_datetime

LOCALES = {"en": ("en_US", "d MMMM y, h:mm a"), "es": ("es_US", "d 'de' MMMM 'de' y, h:mm a")}
COPY_MARK = {"en": "COPY", "es": "COPIA"}
PRINTED = {"en": "Printed {when}", "es": "Impreso el {when}"}
PAGE = {"en": "Page {page} of {pages}", "es": "Página {page} de {pages}"}
PROOF = {
    "en": "Proof of use: this code can be checked without a network.",
    "es": "Prueba de uso: este código se puede comprobar sin red.",
}
TERMS_PICTURE = {
    "en": "QR code of the page of these terms: {address}",
    "es": "Código QR de la página de estas condiciones: {address}",
}
TILL = {"en": "For the till", "es": "Para la caja"}
BESIDES = {"en": "Also used on this order", "es": "También se usó en este pedido"}
TITLE = {"en": "Terms {code}", "es": "Condiciones {code}"}


class Line(Protocol):
    """One line of a sheet, as `store_api.contract` has it."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def mark(self) -> str | None: ...
    @property
    def status(self) -> str | None: ...


class Sheet(Protocol):
    """A terms sheet, as `store_api.contract` has it."""

    @property
    def tone(self) -> str: ...
    @property
    def terms_code(self) -> str | None: ...
    @property
    def lines(self) -> Sequence[Line]: ...


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A line of the sheet on a receipt: the text, and the words at its right-hand end, if any."""

    kind: str
    text: str
    mark: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class OtherUse:
    """Another voucher that was used on the order: its title and what it took, its words, its signed line."""

    title: str
    amount: str | None
    lines: tuple[ReceiptLine, ...]
    proof: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is printed, in order: the head, the sheet's lines, the foot.

    `head` are lines above the sheet (who printed it and when), `foot` those below it. `terms_url` is what
    the QR code carries; it stands beside the line of kind "code". `copy` marks a paper that is not the
    first one. `till_code` is scanned at the till: it stands below the foot, as a Code 128. `proof` is the
    signed line of a redemption, printed as a QR code below everything else; `others` come after it, each with
    its own.
    """

    language: str
    tone: str
    head: tuple[str, ...]
    lines: tuple[ReceiptLine, ...]
    foot: tuple[str, ...] = ()
    terms_code: str | None = None
    terms_url: str | None = None
    copy: bool = False
    proof: str | None = None
    till_code: str | None = None
    others: tuple[OtherUse, ...] = ()

    @property
    def title(self) -> str:
        """The document's name for a viewer's window."""
        return TITLE[self.language].format(code=self.terms_code) if self.terms_code else self.head[0]

    def as_copy(self) -> Receipt:
        """The same receipt, marked as a copy."""
        return replace(self, copy=True)


def compose_receipt(
    sheet: Sheet,
    heading: str,
    language: str,
    printed_at: dt.datetime,
    copy: bool = False,
    footer_lines: Sequence[str] = (),
    terms_url: str | None = None,
    proof: str | None = None,
    till_code: str | None = None,
    others: Sequence[OtherUse] = (),
) -> Receipt:
    """A receipt with every line of `sheet`.

    `heading` names the store; `printed_at` is in the store's time zone; `footer_lines` come after the
    sheet (a redemption's number, how to reach a person). `language` is "en" or "es", the sheet's own.
    """
    lines = _as_printed(sheet.lines)
    head = (heading, PRINTED[language].format(when=say_moment(language, printed_at)))
    foot = tuple(footer_lines)
    codes = {"terms_url": terms_url, "proof": proof, "till_code": till_code}
    return Receipt(
        language, sheet.tone, head, lines, foot, sheet.terms_code, copy=copy, others=tuple(others), **codes
    )


def compose_other(sheet: Sheet, title: str, amount: str | None, proof: str | None) -> OtherUse:
    """Another voucher of the order with the words of its own sheet.

    What is bought and left to pay stands once, on the sheet of the receipt, and is left out here with what is
    not required. The verdict is set as a sentence, and the terms code as a line.
    """
    kept = [line for block in _blocks(sheet.lines) if not _is_told_once(block) for line in block]
    lines = tuple(
        replace(line, kind=OTHER_KINDS.get(line.kind, line.kind))
        for line in _as_printed(kept)
        if line.kind != "reason"
    )
    return OtherUse(title, amount, lines, proof)


OTHER_KINDS = {"verdict": "sentence", "note": "sentence", "code": "item"}


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of a sheet in blocks: each begins with a heading, the last one with the code."""
    blocks: list[list[Line]] = [[]]
    for line in lines:
        if line.kind in ("heading", "code"):
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def _is_told_once(block: Sequence[Line]) -> bool:
    return any(line.kind in ("item", "free") for line in block)


def _as_printed(lines: Sequence[Line]) -> tuple[ReceiptLine, ...]:
    return tuple(ReceiptLine(line.kind, line.text, line.mark, line.status) for line in lines)


def say_moment(language: str, moment: dt.datetime) -> str:
    """A day and a time of day as the language writes them (Unicode CLDR), without odd blanks."""
    locale, pattern = LOCALES[language]
    return format_datetime(moment, pattern, locale=locale).replace("\u202f", " ").replace("\xa0", " ")


def receipt_to_json(receipt: Receipt) -> str:
    """The receipt as text that `receipt_from_json` reads again."""
    return json.dumps(asdict(receipt), ensure_ascii=False)


def receipt_from_json(text: str) -> Receipt:
    """The receipt that `receipt_to_json` wrote."""
    values: dict[str, Any] = json.loads(text)
    lines = _read_lines(values.pop("lines"))
    others = tuple(
        OtherUse(**{**other, "lines": _read_lines(other["lines"])}) for other in values.pop("others", ())
    )
    head, foot = tuple(values.pop("head")), tuple(values.pop("foot"))
    return Receipt(lines=lines, head=head, foot=foot, others=others, **values)


def _read_lines(lines: Sequence[dict[str, Any]]) -> tuple[ReceiptLine, ...]:
    return tuple(ReceiptLine(**line) for line in lines)
