"""Sealing: secrets that the service must be able to read again, kept encrypted under its own keys.

What it is for: AES-256-GCM (NIST SP 800-38D) with a key of its own for each purpose, bound to what the secret
belongs to, so that a sealed text moved to another row does not open.
What it must not know: what is sealed, the database, Flask.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from store_api.keys import KeyRing

NONCE_BYTES = 12


class CannotOpen(Exception):
    """A sealed text was damaged, moved, or sealed under a key that is no longer there."""


def seal(ring: KeyRing, purpose: str, secret: bytes, owner: str, random_bytes: Callable[[int], bytes]) -> str:
    """Seal a secret that belongs to `owner` under the newest key: "key id:base64"."""
    key = ring.secret(purpose)
    nonce = random_bytes(NONCE_BYTES)
    sealed = nonce + AESGCM(key.key).encrypt(nonce, secret, owner.encode())
    return f"{key.key_id}:{base64.b64encode(sealed).decode()}"


def unseal(ring: KeyRing, purpose: str, sealed: str, owner: str) -> bytes:
    """Open what `seal` made. Raises CannotOpen."""
    key_id, _, encoded = sealed.partition(":")
    try:
        key = ring.secret(purpose, key_id)
        raw = base64.b64decode(encoded, validate=True)
        return AESGCM(key.key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], owner.encode())
    except (KeyError, binascii.Error, InvalidTag, ValueError):
        raise CannotOpen(f"a secret of {owner} cannot be opened with the keys that are set") from None
