"""A printer that keeps what it prints as PDF files in a folder.

What it must not know: what a document says. A file appears whole or not at all, and never replaces another.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from hardware.ports import Media, Printed, PrinterFault, PrinterStatus, PrinterTrouble


class FolderPrinter:
    """Writes every PDF to `folder` under its title; the folder is made at the first print."""

    media: Sequence[Media] = (Media.PDF,)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = f"pdf:{folder}"

    def print(self, document: bytes, media: Media, title: str = "document") -> Printed | PrinterTrouble:
        """Keep the document as `title.pdf`, or `title-2.pdf` where that is taken."""
        if media not in self.media:
            return PrinterTrouble(PrinterFault.WRONG_MEDIA, f"A folder of PDFs cannot hold {media}.")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _keep(self._folder, _file_name(title), document)
        except OSError as error:
            return PrinterTrouble(PrinterFault.NOT_WRITABLE, f"{self._folder}: {error.strerror}.")
        return Printed(confirmed=True)

    def status(self) -> PrinterStatus:
        """Whether the folder, or the nearest one above it that is there, can be written to."""
        there = next(path for path in (self._folder, *self._folder.absolute().parents) if path.exists())
        if there.is_dir() and os.access(there, os.W_OK):
            return PrinterStatus(answers=True, paper="ok")
        fault = PrinterFault.NOT_WRITABLE
        return PrinterStatus(answers=True, fault=fault, detail=f"{there} cannot be written to.")


def _file_name(title: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", title).strip("-.")
    return plain[:100] or "document"


def _keep(folder: Path, name: str, document: bytes) -> None:
    """Write beside the place and link into it: a link fails where a file is already."""
    draft = folder / f".{name}.{os.getpid()}.part"
    try:
        with draft.open("wb") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        number = 1
        while not _linked(draft, folder / (f"{name}.pdf" if number == 1 else f"{name}-{number}.pdf")):
            number += 1
    finally:
        draft.unlink(missing_ok=True)


def _linked(draft: Path, place: Path) -> bool:
    try:
        os.link(draft, place)
    except FileExistsError:
        return False
    return True
