"""A thermal printer's head in software: ESC/POS bytes in, the slip as a picture out.

It shares no code with what writes them: letters by the picture library, QR codes by the encoder
of the barcode library. Written from the command reference; a command that it does not know is an error.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from hardware.ports import Picture

PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858", 32: "cp1252", 53: "cp858", 71: "cp1252"}
CELL, LINE = 12, 30
FONT = next((Path(__file__).parents[3] / "static" / "fonts").glob("*-regular-5*.ttf"))


class Head:
    """Prints onto an endless roll of `dots` dots."""

    def __init__(self, data: bytes, dots: int) -> None:
        self.data, self.place, self.dots = data, 0, dots
        self.strips: list[Image.Image] = []
        self.texts: list[str] = []
        self.cuts = 0
        self.reset()

    def reset(self) -> None:
        self.codec, self.bold, self.tall, self.align = "cp437", False, False, 0
        self.row = b""
        self.stored, self.module = b"", 3
        self.bar_height, self.bar_module = 162, 3

    def take(self, count: int) -> bytes:
        piece = self.data[self.place : self.place + count]
        if len(piece) != count:
            raise ValueError(f"the job ends within a command at byte {self.place}")
        self.place += count
        return piece

    def run(self) -> Picture:
        while self.place < len(self.data):
            byte = self.take(1)[0]
            if byte == 0x0A:
                self.end_row()
            elif byte == 0x1B:
                self.escape(self.take(1)[0])
            elif byte == 0x1D:
                self.group(self.take(1)[0])
            elif byte >= 0x20:
                self.row += bytes([byte])
            else:
                raise ValueError(f"byte {byte:#04x}")
        roll = Image.new("L", (self.dots, sum(strip.height for strip in self.strips) + 40), 255)
        top = 20
        for strip in self.strips:
            roll.paste(strip, (0, top))
            top += strip.height
        return np.array(roll, dtype=np.uint8)

    def end_row(self) -> None:
        text, self.row = self.row.decode(self.codec), b""
        self.texts.append(text)
        high = LINE * (2 if self.tall else 1)
        strip = Image.new("L", (CELL * max(1, len(text)), LINE), 255)
        draw = ImageDraw.Draw(strip)
        font = ImageFont.truetype(str(FONT), 22)
        for number, letter in enumerate(text):
            at = (number * CELL + CELL / 2, 22)
            draw.text(at, letter, font=font, fill=0, anchor="ms", stroke_width=0.5 if self.bold else 0)
        self.put(strip.resize((strip.width, high)))

    def put(self, picture: Image.Image) -> None:
        if picture.width > self.dots:
            raise ValueError(f"a picture of {picture.width} dots on a roll of {self.dots}")
        strip = Image.new("L", (self.dots, picture.height), 255)
        strip.paste(
            picture, ((0, (self.dots - picture.width) // 2, self.dots - picture.width)[self.align], 0)
        )
        self.strips.append(strip)

    def escape(self, command: int) -> None:
        if command == ord("@"):
            self.reset()
            return
        value = self.take(1)[0]
        match chr(command):
            case "t":
                self.codec = PAGES[value]
            case "E":
                self.bold = bool(value & 1)
            case "a":
                self.align = value % 48
            case "!":
                self.tall, self.bold = bool(value & 0x10), bool(value & 0x08)
            case "d":
                self.strips.append(Image.new("L", (self.dots, LINE * value), 255))
            case "-" | "M":
                pass
            case other:
                raise ValueError(f"ESC {other}")

    def group(self, command: int) -> None:
        match chr(command):
            case "V":
                mode = self.take(1)[0]
                if mode in (65, 66):
                    self.take(1)
                self.cuts += 1
            case "v":
                self.raster()
            case "(":
                self.qr()
            case "h":
                self.bar_height = self.take(1)[0]
            case "w":
                self.bar_module = self.take(1)[0]
            case "f" | "H":
                assert self.take(1) == b"\x00"  # no characters below the bars
            case "k":
                self.bars()
            case other:
                raise ValueError(f"GS {other}")

    def bars(self) -> None:
        """GS k 73: a Code 128 in its set B, without a quiet zone of its own."""
        kind, length = self.take(2)
        body = self.take(length)
        assert kind == 73
        assert body.startswith(b"{B")
        code = zxingcpp.create_barcode(body[2:].decode(), zxingcpp.BarcodeFormat.Code128)
        row = np.array(code.to_image(add_quiet_zones=False), dtype=np.uint8)[0]
        # The picture may be drawn larger than a dot a module: the thinnest bar is one.
        edges = np.flatnonzero(np.diff(row)) + 1
        thinnest = int(np.diff(np.concatenate([[0], edges, [row.size]])).min())
        drawn = np.repeat(row[::thinnest], self.bar_module)
        self.put(Image.fromarray(np.repeat(drawn[None], self.bar_height, axis=0)))

    def raster(self) -> None:
        assert self.take(2) == b"0\x00"
        wide, high = (int.from_bytes(self.take(2), "little") for _ in range(2))
        bits = np.unpackbits(np.frombuffer(self.take(wide * high), dtype=np.uint8)).reshape(high, wide * 8)
        self.put(Image.fromarray(((1 - bits) * 255).astype(np.uint8)))

    def qr(self) -> None:
        assert self.take(1) == b"k"
        body = self.take(int.from_bytes(self.take(2), "little"))
        match body[1]:
            case 67:
                self.module = body[2]
            case 80:
                self.stored = body[3:]
            case 81:
                code = zxingcpp.create_barcode(self.stored.decode(), zxingcpp.BarcodeFormat.QRCode)
                drawn = np.array(code.to_image(scale=self.module), dtype=np.uint8)
                self.put(Image.fromarray(drawn))


def draw_slip(data: bytes, dots: int) -> Picture:
    """What a head of `dots` dots prints of these bytes. Raises ValueError for what it cannot print."""
    return Head(data, dots).run()
