"""Sheets to print in tests, as plain values of the contract's shape."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from kiosk.receipts.compose import Receipt, compose_receipt
from store_api.contract import Sheet, SheetLine

TERMS_URL = "https://terms.example/t/7F3K9-2QDXA"
WHEN = dt.datetime(2026, 11, 21, 10, 52, tzinfo=ZoneInfo("America/New_York"))


def line(kind: str, text: str, mark: str | None = None, status: str | None = None) -> SheetLine:
    return SheetLine.model_validate({"kind": kind, "text": text, "mark": mark, "status": status})


def yes_sheet() -> Sheet:
    lines = (
        line("verdict", "Yes. $49.99 off this phone."),
        line("note", "Everything this credit asks for is met. It holds until 31 December 2026."),
        line("heading", "What this credit asks for"),
        line("term", "Buy a new phone on this line.", "Met", "met"),
        line("detail", "Orbit 5, 128 GB"),
        line("term", "At least 24 months since this line’s last upgrade.", "Met", "met"),
        line("detail", "3 September 2024, 26 months ago"),
        line("heading", "What it does not ask for"),
        line("free", "A change of plan.", "Not required", "not_required"),
        line("free", "The paper voucher.", "Not required", "not_required"),
        line("heading", "What using it commits to"),
        line("agrees", "A service agreement of 24 months, to 21 November 2028."),
        line("heading", "Your order, before tax and fees"),
        line("item", "Orbit 5, 128 GB", "$49.99"),
        line("credit", "$50 upgrade credit", "-$49.99"),
        line("total", "Left to pay", "$0.00"),
        line("after", "Stays on your account", "$0.01"),
        line("code", "Terms", "7F3K9-2QDXA"),
        line("reason", "Upgrade credit, version 3: in force when your voucher was issued on 4 March 2026."),
    )
    return Sheet(language="en", tone="yes", terms_code="7F3K9-2QDXA", lines=lines)


def not_yet_sheet() -> Sheet:
    lines = (
        line("verdict", "Todavía no. Desde el 14 de marzo de 2027."),
        line("note", "¿Algo más? Si nada cambia, ese día se cumple “todo” — también el año."),
        line("heading", "Lo que pide este crédito"),
        line("term", "Al menos 24 meses desde la última renovación de esta línea.", "No se cumple", "unmet"),
        line("detail", "14 de marzo de 2025, hace 20 meses"),
        line("way", "Espere hasta el 14 de marzo de 2027."),
        line("group", "Basta con una de estas"),
        line("term", "Pago automático.", "Desconocido", "unknown"),
        line("term", "La cuenta está al día.", "Dispensado", "waived"),
        line("question", "¿Cuántos meses durará el nuevo contrato?"),
        line("code", "Condiciones", "9C2MA-7TTW0"),
        line("reason", "Crédito de renovación, versión 3."),
    )
    return Sheet(language="es", tone="not_yet", terms_code="9C2MA-7TTW0", lines=lines)


def receipt_of(sheet: Sheet, copy: bool = False) -> Receipt:
    foot = ("Used at Maple St on 21 November 2026.", "Redemption R-000042")
    return compose_receipt(sheet, "Sameterms, Maple St store", sheet.language, WHEN, copy, foot, TERMS_URL)


def sentences(sheet: Sheet) -> list[str]:
    """Every text and mark of a sheet, in its order."""
    return [part for entry in sheet.lines for part in (entry.text, entry.mark) if part]


def missing_or_disordered(wanted: list[str], text: str) -> list[str]:
    """The sentences that do not follow one another in a text, blanks normalised."""
    text, place, faults = " ".join(text.split()), 0, []
    for sentence in wanted:
        found = text.find(" ".join(sentence.split()), place)
        if found < 0:
            faults.append(sentence)
        else:
            place = found + len(sentence)
    return faults
