"""How the decoding process and its parent talk over two pipes.

What it must not know: engines and processes. A message is four bytes of length of a JSON head, the head,
and as many bytes of body as the head's `body` says. Nothing on it can run code in the reader.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

from hardware.ports import DecodeAnswer, DecodeFault, DecodeTrouble, Look, Reading, Symbology

MOST_HEAD = 4 * 1024 * 1024


class BrokenWire(Exception):
    """The other side went away, or sent what is not a message."""


def pack(head: dict[str, Any], body: bytes = b"") -> bytes:
    """One message as bytes."""
    text = json.dumps(head | {"body": len(body)}).encode()
    return struct.pack(">I", len(text)) + text + body


def unpack(read_exactly: Callable[[int], bytes]) -> tuple[dict[str, Any], bytes]:
    """The next message; `read_exactly` gives as many bytes as it is asked for or raises."""
    (length,) = struct.unpack(">I", read_exactly(4))
    if length > MOST_HEAD:
        raise BrokenWire(f"a head of {length} bytes")
    try:
        head = json.loads(read_exactly(length))
        return head, read_exactly(int(head["body"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenWire("a head that cannot be read") from error


def answer_to_json(answer: DecodeAnswer) -> dict[str, Any]:
    """A decoding answer as plain JSON values."""
    trouble = answer.trouble
    return {
        "readings": [_reading_to_json(reading) for reading in answer.readings],
        "trouble": None if trouble is None else [trouble.fault.value, trouble.detail],
        "look": answer.look.value,
        "size": [answer.width, answer.height],
    }


def answer_from_json(head: dict[str, Any]) -> DecodeAnswer:
    """The answer that `answer_to_json` wrote; raises BrokenWire for anything else."""
    try:
        trouble = head["trouble"]
        return DecodeAnswer(
            tuple(_reading_from_json(entry) for entry in head["readings"]),
            None if trouble is None else DecodeTrouble(DecodeFault(trouble[0]), str(trouble[1])),
            Look(head["look"]),
            int(head["size"][0]),
            int(head["size"][1]),
        )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise BrokenWire("an answer that cannot be read") from error


def _reading_to_json(reading: Reading) -> dict[str, Any]:
    return {
        "text": reading.text,
        "symbology": [reading.symbology.name, reading.symbology.aim],
        "corners": [list(corner) for corner in reading.corners],
        "engine": reading.engine,
        "confirmed": reading.confirmed,
    }


def _reading_from_json(entry: dict[str, Any]) -> Reading:
    name, aim = entry["symbology"]
    corners = tuple((int(x), int(y)) for x, y in entry["corners"])
    text, engine = str(entry["text"]), str(entry["engine"])
    return Reading(text, Symbology(str(name), str(aim)), corners, engine, bool(entry["confirmed"]))
