"""Reads ESC/POS bytes as a printer would, and gives back what stands on the paper.

It shares no code with what writes them. Written from the command reference; a command that it does not
know is an error, so that nothing unread can hide in a print job.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
ONE_ARGUMENT = {ord("!"), ord("E"), ord("a"), ord("t"), ord("M"), ord("-"), ord("d")}


class UnknownCommand(Exception):
    """Bytes that are no command this reader knows, with the place where they stand."""


@dataclass
class Paper:
    """What came out: the printed rows, what the QR codes carry, and how often the paper was cut."""

    rows: list[str] = field(default_factory=list)
    bold_rows: list[str] = field(default_factory=list)
    tall_rows: list[str] = field(default_factory=list)
    qr_codes: list[str] = field(default_factory=list)
    cuts: int = 0

    @property
    def text(self) -> str:
        """All rows as one text with single blanks."""
        return " ".join(" ".join(self.rows).split())


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0
        self.paper = Paper()
        self.row = b""
        self.start()

    def start(self) -> None:
        self.codec = "cp437"
        self.bold = self.tall = False
        self.stored = b""

    def take(self, count: int) -> bytes:
        piece = self.data[self.place : self.place + count]
        if len(piece) != count:
            raise UnknownCommand(f"the job ends within a command at byte {self.place}")
        self.place += count
        return piece

    def run(self) -> Paper:
        while self.place < len(self.data):
            (byte,) = self.take(1)
            if byte == 0x0A:
                self.end_row()
            elif byte == 0x1B:
                self.escape()
            elif byte == 0x1D:
                self.group()
            elif byte >= 0x20:
                self.row += bytes([byte])
            else:
                raise UnknownCommand(f"byte {byte:#04x} at {self.place - 1}")
        if self.row:
            raise UnknownCommand("the last row was never printed")
        return self.paper

    def end_row(self) -> None:
        text = self.row.decode(self.codec)
        self.row = b""
        self.paper.rows.append(text)
        if self.bold and text.strip():
            self.paper.bold_rows.append(text.strip())
        if self.tall and text.strip():
            self.paper.tall_rows.append(text.strip())

    def escape(self) -> None:
        (command,) = self.take(1)
        if command == ord("@"):
            self.start()
            return
        if command not in ONE_ARGUMENT:
            raise UnknownCommand(f"ESC {chr(command)!r} at {self.place - 2}")
        (value,) = self.take(1)
        if command == ord("t"):
            self.codec = CODE_PAGES[value]
        elif command == ord("!"):
            self.tall, self.bold = bool(value & 0x10), bool(value & 0x08)
        elif command == ord("E"):
            self.bold = bool(value & 1)
        elif command == ord("a") and value not in (0, 1, 2, 48, 49, 50):
            raise UnknownCommand(f"ESC a {value}")

    def group(self) -> None:
        (command,) = self.take(1)
        if command == ord("V"):
            (mode,) = self.take(1)
            if mode in (65, 66):
                self.take(1)
            self.paper.cuts += 1
        elif command == ord("("):
            self.two_dimensional()
        else:
            raise UnknownCommand(f"GS {chr(command)!r} at {self.place - 2}")

    def two_dimensional(self) -> None:
        (kind,) = self.take(1)
        low, high = self.take(2)
        body = self.take(low + 256 * high)
        if kind != ord("k") or body[0] != 49:
            raise UnknownCommand(f"GS ( {chr(kind)!r} at {self.place}")
        match body[1]:
            case 65 | 67 | 69:
                return
            case 80:
                self.stored = body[3:]
            case 81:
                self.paper.qr_codes.append(self.stored.decode("utf-8"))
            case other:
                raise UnknownCommand(f"GS ( k function {other}")


def read_escpos(data: bytes) -> Paper:
    """What a printer would print of these bytes. Raises UnknownCommand for what it cannot read."""
    return _Reader(data).run()
