"""Files of vouchers: CSV and JSON lines read row by row, and every fault of a row with its reason.

What it is for: one row at a time as typed text, whatever a spreadsheet did to the file: a byte order mark,
UTF-16, semicolons, formulas, numbers turned into 1.2E+11, leading zeros lost. Each line of a file is read by
itself, so that a quote that nobody closed spoils its own row and no other.
What it must not know: the database, Flask, the clock.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Format = Literal["csv", "json_lines"]
COLUMNS = ("account", "line", "code", "amount", "starts_on", "ends_on")
"""What a row may say; each may be left out."""
LONGEST_LINE = 4_000
CHUNK = 1024 * 1024

_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE][+-][0-9]+")
_FORMULA = ("=", "@", "\t", "\r")
_SIGNS = ("+", "-")


class BadFile(Exception):
    """The file as a whole cannot be read; nothing of it was done. `reason` is stable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class RowFault(Exception):
    """Why a row makes no voucher: a stable reason, and the column that is to blame."""

    reason: str
    column: str | None = None


@dataclass(frozen=True)
class FileRow:
    """One row with its line in the file (from 1); `fault` where it could not be read."""

    line: int
    values: dict[str, str]
    fault: RowFault | None = None


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    hashed = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()


def lines_of_file(path: Path) -> Iterator[str]:
    """The lines of a file in UTF-8 or, with a byte order mark, in UTF-16. Raises BadFile."""
    with path.open("rb") as opened:
        encoding = _encoding(opened.read(4))
    try:
        with path.open(encoding=encoding, newline="") as opened:
            yield from _short_lines(opened)
    except UnicodeError:
        raise BadFile("file.encoding") from None


def lines_of_text(text: str) -> Iterator[str]:
    """The lines of a text."""
    yield from _short_lines(text.removeprefix("\ufeff").splitlines(keepends=True))


def read_rows(lines: Iterable[str], form: Format, columns: Collection[str] = COLUMNS) -> Iterator[FileRow]:
    """The rows of a file, one a line, with these columns; empty lines are passed over. Raises BadFile."""
    yield from _csv_rows(lines, columns) if form == "csv" else _json_rows(lines, columns)


def list_rows(lines: Iterable[str], column: str) -> Iterator[FileRow]:
    """The rows of a plain list, one value of a column a line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _row(number, {column: line.strip()})


def _encoding(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig"


def _short_lines(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) > LONGEST_LINE:
            raise BadFile("file.line_too_long")
        if "\0" in line:
            raise BadFile("file.encoding")
        yield line.rstrip("\r\n")


def _csv_rows(lines: Iterable[str], columns: Collection[str]) -> Iterator[FileRow]:
    header: list[str] | None = None
    separator = ","
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if header is None:
            separator = max(",;\t", key=line.count)
            header = _header(line, separator, columns)
            continue
        try:
            cells = _cells(line, separator)
        except csv.Error:
            yield FileRow(number, {}, RowFault("row.unclosed_quote"))
            continue
        if len(cells) != len(header):
            yield FileRow(number, {}, RowFault("row.columns"))
            continue
        yield _row(number, dict(zip(header, cells, strict=True)))
    if header is None:
        raise BadFile("file.empty")


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, strict=True))]


def _header(line: str, separator: str, columns: Collection[str]) -> list[str]:
    try:
        header = [name.lower() for name in _cells(line, separator)]
    except csv.Error:
        raise BadFile("file.header") from None
    if set(header) - set(columns) or len(set(header)) < len(header):
        raise BadFile("file.header")
    return header


def _json_rows(lines: Iterable[str], columns: Collection[str]) -> Iterator[FileRow]:
    any_line = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        any_line = True
        yield _json_row(number, line, columns)
    if not any_line:
        raise BadFile("file.empty")


def _json_row(number: int, line: str, columns: Collection[str]) -> FileRow:
    try:
        values: Any = json.loads(line, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        return FileRow(number, {}, RowFault("row.unreadable"))
    if not isinstance(values, dict) or set(values) - set(columns):
        return FileRow(number, {}, RowFault("row.columns"))
    wrong = next((key for key, value in values.items() if not isinstance(value, str | None)), None)
    if wrong is not None:
        return FileRow(number, {}, RowFault("cell.not_text", wrong))
    return _row(number, {key: value.strip() for key, value in values.items() if value is not None})


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _row(number: int, cells: dict[str, str]) -> FileRow:
    values = {key: value for key, value in cells.items() if value}
    if not values:
        return FileRow(number, {}, RowFault("row.empty"))
    for column, value in values.items():
        fault = _cell_fault(column, value)
        if fault is not None:
            return FileRow(number, {}, RowFault(fault, column))
    return FileRow(number, values)


def _cell_fault(column: str, value: str) -> str | None:
    """What a spreadsheet did to a cell. A telephone number alone may begin with a plus sign."""
    if value.startswith(_FORMULA) or (value.startswith(_SIGNS) and column != "line"):
        return "cell.formula"
    if _SCIENTIFIC.fullmatch(value):
        return "cell.scientific"
    return None if value.isprintable() else "cell.control_character"
