"""The signed line on a receipt from which a redemption can be checked without a network.

What it is for: a receipt's second QR code. It carries what was used (terms code, amount, moment, number of
the use, a digest of the redemption's identifier) and an Ed25519 signature over it; whoever has the public
keys can tell a true receipt from a made-up one.
What it must not know: the database, Flask, persons.

The line is `SR1:` and 92 bytes in base 32 (RFC 4648, without padding): 152 characters of a QR code's
alphanumeric set, which fit version 6 at error correction M. Layout, big-endian: form and decimals (1), key
(2), terms code (7), amount (4), currency (2), seconds since 1970 (4), use number (2), redemption (6),
signature (64).

The signing key is derived from the service's key ring under a purpose of its own; a line names its key by two
bytes of the key id's SHA-256, so that old receipts stay true after a rotation as long as the old key is kept.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from store_api.contract.voucher_codes import ALPHABET
from store_api.keys import KeyRing

PREFIX = "SR1:"
PURPOSE = "receipt-proof"
FORM = 1
_LAYOUT = struct.Struct(">B2s7sIHIH6s")
_SIGNATURE_BYTES = 64
_NO_AMOUNT = 0xFFFFFFFF
_TERMS_LETTERS = 10


class BadProof(ValueError):
    """The text is no receipt line, or its signature is not right; the message says which."""


@dataclass(frozen=True)
class ReceiptFacts:
    """What a receipt's line says. `amount` is None for a use without money; `redemption` is six bytes of the
    identifier's SHA-256, in hex."""

    terms_code: str
    amount: Decimal | None
    currency: str | None
    redeemed_at: dt.datetime
    use_number: int
    redemption: str
    key_id: str = ""

    def is_of(self, redemption_id: str) -> bool:
        """Whether the line is that redemption's."""
        return self.redemption == _digest(redemption_id)


def sign_receipt(
    keys: KeyRing,
    redemption_id: str,
    terms_code: str,
    amount: Decimal | None,
    currency: str | None,
    redeemed_at: dt.datetime,
    use_number: int,
) -> str:
    """The line for a redemption, signed with the newest key. The same redemption gives the same line."""
    secret = keys.secret(PURPOSE)
    places = 0 if amount is None else max(0, -int(amount.as_tuple().exponent))
    body = _LAYOUT.pack(
        FORM << 4 | places,
        _key_mark(secret.key_id),
        _pack_terms(terms_code),
        _NO_AMOUNT if amount is None else int(amount.scaleb(places)),
        _pack_currency(currency),
        int(redeemed_at.timestamp()),
        use_number,
        bytes.fromhex(_digest(redemption_id)),
    )
    signature = _signing_key(secret.key[:32]).sign(PREFIX.encode() + body)
    return PREFIX + base64.b32encode(body + signature).decode().rstrip("=")


def public_keys(keys: KeyRing) -> dict[str, bytes]:
    """The public key (32 bytes) of every key id: what a checker without the secrets needs."""
    return {
        key_id: _signing_key(keys.secret(PURPOSE, key_id).key[:32]).public_key().public_bytes_raw()
        for key_id, _ in keys.secrets
    }


def verify_receipt(line: str, keys: Mapping[str, bytes]) -> ReceiptFacts:
    """What a line says, once its signature is found right under one of `keys`. Raises BadProof."""
    body, signature = _unpack(line)
    form, mark, terms, minor, currency, seconds, use_number, redemption = _LAYOUT.unpack(body)
    if form >> 4 != FORM:
        raise BadProof(f"It has form {form >> 4}, which is not known here.")
    known = [key_id for key_id in keys if _key_mark(key_id) == mark]
    if not known:
        raise BadProof("It was signed with a key that is not among those given.")
    key_id = next((key_id for key_id in known if _is_right(keys[key_id], body, signature)), None)
    if key_id is None:
        raise BadProof("Its signature is not right: it was changed, or made elsewhere.")
    return ReceiptFacts(
        terms_code=_unpack_terms(terms),
        amount=None if minor == _NO_AMOUNT else Decimal(minor).scaleb(-(form & 0x0F)),
        currency=_unpack_currency(currency),
        redeemed_at=dt.datetime.fromtimestamp(seconds, dt.UTC),
        use_number=use_number,
        redemption=redemption.hex(),
        key_id=key_id,
    )


@lru_cache(maxsize=8)
def _signing_key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


def _unpack(line: str) -> tuple[bytes, bytes]:
    text = "".join(line.split()).upper()
    if not text.startswith(PREFIX):
        raise BadProof(f"A receipt's line begins with {PREFIX}")
    coded = text.removeprefix(PREFIX)
    try:
        data = base64.b32decode(coded + "=" * (-len(coded) % 8))
    except (binascii.Error, ValueError):
        raise BadProof("It has signs that no receipt's line has.") from None
    # Bits left over at the end may be anything in base 32: only the one usual way of writing is right.
    if len(data) != _LAYOUT.size + _SIGNATURE_BYTES or base64.b32encode(data).decode().rstrip("=") != coded:
        raise BadProof("It is not whole.")
    return data[: _LAYOUT.size], data[_LAYOUT.size :]


def _is_right(key: bytes, body: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, PREFIX.encode() + body)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key_mark(key_id: str) -> bytes:
    return hashlib.sha256(key_id.encode()).digest()[:2]


def _digest(redemption_id: str) -> str:
    return hashlib.sha256(redemption_id.encode()).digest()[:6].hex()


def _pack_terms(code: str) -> bytes:
    """Ten letters of base 32 in 50 bits, left in seven bytes."""
    value = 0
    for letter in code.replace("-", ""):
        value = value << 5 | ALPHABET.index(letter)
    return value.to_bytes(7, "big")


def _unpack_terms(data: bytes) -> str:
    value = int.from_bytes(data, "big")
    letters = "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(_TERMS_LETTERS)))
    return f"{letters[:5]}-{letters[5:]}"


def _pack_currency(currency: str | None) -> int:
    """Three letters in 15 bits; 0 for none."""
    value = 0
    for letter in currency or "":
        value = value << 5 | (ord(letter) - 64)
    return value


def _unpack_currency(value: int) -> str | None:
    letters = (value >> 10 & 31, value >> 5 & 31, value & 31)
    return "".join(chr(64 + letter) for letter in letters) if value else None
