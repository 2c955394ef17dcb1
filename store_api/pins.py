"""PINs of people and staff: argon2id over a peppered PIN.

What it is for: hashing and checking, with the same work for somebody unknown as for somebody known.
What it must not know: whose PINs they are, how wrong tries are counted (lockout.py), the database.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from store_api.keys import KeyRing

PURPOSE = "pin-pepper"

PASSES, MEMORY_KIB = 2, 19 * 1024
"""OWASP's least setting for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes. Four digits can be
tried out whatever the cost, so the pepper and the lock-out carry the weight, not the passes."""

_HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)
_NOBODY = _HASHER.hash("nobody's PIN, so that an unknown person costs the same work")


@dataclass(frozen=True)
class PinHash:
    """A stored PIN: the key id of its pepper, and argon2's own encoding."""

    key_id: str
    encoded: str


def hash_pin(keys: KeyRing, pin: str) -> PinHash:
    """Hash a PIN under the newest pepper."""
    pepper = keys.secret(PURPOSE)
    return PinHash(pepper.key_id, _HASHER.hash(_peppered(pepper.key, pin)))


def pin_matches(keys: KeyRing, stored: PinHash | None, pin: str) -> bool:
    """Whether a PIN is the stored one. Takes the same time where nothing is stored, and says no."""
    known = stored is not None and stored.key_id in dict(keys.secrets)
    pepper = keys.secret(PURPOSE, stored.key_id if stored is not None and known else None)
    encoded = stored.encoded if stored is not None and known else _NOBODY
    try:
        return _HASHER.verify(encoded, _peppered(pepper.key, pin)) and known
    except VerifyMismatchError:
        return False


def _peppered(key: bytes, pin: str) -> str:
    return hmac.digest(key, pin.encode(), "sha256").hex()
