"""Decodes a picture file by way of the decoding process.

What it must not know: engines and pictures; it only brings bytes to a decoder.
"""

from __future__ import annotations

from pathlib import Path

from hardware.decode.images import MOST_BYTES
from hardware.decode.worker import DecodeWorker
from hardware.ports import DecodeAnswer, DecodeFault, Decoder, DecodeTrouble


def decode_file(source: Path | str | bytes, decoder: Decoder | None = None) -> DecodeAnswer:
    """Codes in a picture file, given by its path or its bytes. Faults come back in the answer.

    Without a `decoder` a decoding process is started for this one file.
    """
    data = source if isinstance(source, bytes) else _read(Path(source))
    if isinstance(data, DecodeTrouble):
        return DecodeAnswer(trouble=data)
    if decoder is not None:
        return decoder.decode_bytes(data)
    with DecodeWorker() as worker:
        return worker.decode_bytes(data)


def _read(path: Path) -> bytes | DecodeTrouble:
    try:
        if not path.is_file():
            return DecodeTrouble(DecodeFault.UNREADABLE_FILE, "There is no such file.")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        return DecodeTrouble(DecodeFault.UNREADABLE_FILE, f"The file cannot be read: {error.strerror}.")
