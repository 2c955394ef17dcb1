"""The demo's PINs, voucher codes and tokens: derived, so that they can be shown at any time.

What it is for: nothing secret of the demo is stored in the clear, and all of it can be printed. PINs and
codes come from a seed that everybody knows, because a demo's people are no secret; tokens of devices come
from this installation's own keys.
What it must not know: the database, who the people are.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from store_api.auth import new_token
from store_api.keys import KeyRing
from store_api.vouchers.service import draw_code

SEED = b"sameterms demo 1"
TOKEN_PURPOSE = "demo-device-token"  # noqa: S105 - the name of a purpose


def bytes_for(key: bytes, name: str) -> Callable[[int], bytes]:
    """An endless stream of bytes that depends on key and name only; `stream(n)` gives the next n."""
    digest = hashlib.shake_256(hmac.digest(key, name.encode(), "sha256"))
    given = 0

    def stream(count: int) -> bytes:
        nonlocal given
        given += count
        return digest.digest(given)[-count:]

    return stream


def pin_for(name: str) -> str:
    """The four-digit PIN of a person or member of staff; the first digit is never 0."""
    number = int.from_bytes(bytes_for(SEED, f"pin {name}")(8), "big")
    return str(1000 + number % 9000)


def voucher_bytes(name: str) -> Callable[[int], bytes]:
    """What a voucher's code is drawn from."""
    return bytes_for(SEED, f"voucher {name}")


def code_for(name: str) -> str:
    """The code of a voucher, as thirteen characters."""
    return draw_code(voucher_bytes(name))


def token_for(keys: KeyRing, station: str) -> str:
    """The token of a station's device."""
    return new_token("device", bytes_for(keys.secret(TOKEN_PURPOSE).key, station))
