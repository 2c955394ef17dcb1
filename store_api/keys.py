"""The key ring: secrets under which codes, telephone numbers and PINs are hashed.

What it is for: one secret per key id, a key of its own for each purpose, and look-ups that still find
what an older key hashed (the finder then stores the newest key's hash instead).
What it must not know: what the hashes stand for, the database, Flask.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from functools import lru_cache

MINIMUM_BYTES = 32
"""A secret is at least as long as the SHA-256 digest made with it (RFC 2104, section 3)."""


class BadKeys(ValueError):
    """The key ring could not be read; the message never contains a secret."""


@dataclass(frozen=True)
class KeyedHash:
    """A hash and the id of the key under which it was made."""

    key_id: str
    digest: str


@dataclass(frozen=True)
class KeyRing:
    """Secrets by key id, newest first."""

    secrets: tuple[tuple[str, bytes], ...] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read "id:base64,id:base64", newest first. Raises BadKeys."""
        entries = [_read_entry(entry) for entry in text.split(",") if entry.strip()]
        if not entries:
            raise BadKeys("at least one key is needed, as id:base64")
        if len({key_id for key_id, _ in entries}) != len(entries):
            raise BadKeys("a key id is there twice")
        return cls(tuple(entries))

    def hash(self, purpose: str, message: str) -> KeyedHash:
        """Hash with the newest key; `purpose` keeps hashes of different things apart."""
        return _hash(self.secrets[0], purpose, message)

    def hashes(self, purpose: str, message: str) -> tuple[KeyedHash, ...]:
        """The hash under every key, newest first, for looking up what may be older."""
        return tuple(_hash(entry, purpose, message) for entry in self.secrets)

    def secret(self, purpose: str, key_id: str | None = None) -> KeyedSecret:
        """The key of a purpose, of the named id or the newest. Raises KeyError for an unknown id."""
        wanted = key_id or self.secrets[0][0]
        return KeyedSecret(wanted, _purpose_key(dict(self.secrets)[wanted], purpose))


@dataclass(frozen=True)
class KeyedSecret:
    """A purpose's own key and the id that it came from."""

    key_id: str
    key: bytes = field(repr=False)


def _read_entry(entry: str) -> tuple[str, bytes]:
    key_id, colon, encoded = entry.strip().partition(":")
    if not colon or not key_id.isalnum() or len(key_id) > 16:
        raise BadKeys("each key is written id:base64, with an id of at most 16 letters and digits")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise BadKeys(f"key {key_id} is not base64") from None
    if len(secret) < MINIMUM_BYTES:
        raise BadKeys(f"key {key_id} is shorter than {MINIMUM_BYTES} bytes")
    return key_id, secret


@lru_cache(maxsize=256)
def _purpose_key(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, b"sameterms/" + purpose.encode(), "sha256")


def _hash(entry: tuple[str, bytes], purpose: str, message: str) -> KeyedHash:
    key_id, secret = entry
    digest = hmac.digest(_purpose_key(secret, purpose), message.encode(), "sha256")
    return KeyedHash(key_id, digest.hex())
