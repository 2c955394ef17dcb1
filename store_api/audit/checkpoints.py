"""Signed checkpoints: how many entries the log has and what they come to, in a form that can be handed out.

What it is for: writing, signing, reading and checking a checkpoint as C2SP's tlog-checkpoint and signed-note
describe it (https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note): three lines (origin, size,
root), an empty line, a signature line each. Ed25519 (RFC 8032).
What it must not know: the database, what the entries say.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from store_api.keys import KeyRing

PURPOSE = "log-checkpoint"
ALGORITHM_ED25519 = b"\x01"
"""The signature type of Ed25519 in a signed note."""
DASH = "\N{EM DASH}"


class BadCheckpoint(ValueError):
    """A text that is no checkpoint of this log, or whose signature does not hold; says why."""


@dataclass(frozen=True)
class Checkpoint:
    """The first `size` leaves of the log `origin` come to `root_hash` (32 bytes)."""

    origin: str
    size: int
    root_hash: bytes

    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root_hash).decode()}\n"


@dataclass(frozen=True)
class VerifierKey:
    """A public key under a log's name, written `name+hash+key` (signed-note, verifier keys)."""

    name: str
    public: Ed25519PublicKey

    @property
    def key_hash(self) -> bytes:
        """The first four bytes of SHA-256 over name, line break, type and key."""
        return hashlib.sha256(f"{self.name}\n".encode() + ALGORITHM_ED25519 + self._raw()).digest()[:4]

    def text(self) -> str:
        """The key as it is handed out."""
        encoded = base64.b64encode(ALGORITHM_ED25519 + self._raw()).decode()
        return f"{self.name}+{self.key_hash.hex()}+{encoded}"

    @classmethod
    def read(cls, text: str) -> VerifierKey:
        """Read a key as it was handed out. Raises BadCheckpoint."""
        name, _, rest = text.strip().partition("+")
        told_hash, _, encoded = rest.partition("+")
        raw = _decode(encoded)
        if not name or len(raw) != 33 or raw[:1] != ALGORITHM_ED25519:
            raise BadCheckpoint("that is not a key of a log")
        key = cls(name, Ed25519PublicKey.from_public_bytes(raw[1:]))
        if key.key_hash.hex() != told_hash:
            raise BadCheckpoint("the key does not have the hash that is written beside it")
        return key

    def _raw(self) -> bytes:
        return self.public.public_bytes_raw()


def origin_of(node_id: str) -> str:
    """The name of a node's log."""
    return f"sameterms.log/{node_id}"


def verifier_keys(keys: KeyRing, node_id: str) -> tuple[VerifierKey, ...]:
    """The public keys of a node's log, newest first."""
    origin = origin_of(node_id)
    private = (_private(keys, key_id) for key_id, _ in keys.secrets)
    return tuple(VerifierKey(origin, each.public_key()) for each in private)


def sign(checkpoint: Checkpoint, keys: KeyRing) -> str:
    """The checkpoint as a signed note, under the newest key."""
    private = _private(keys, keys.secrets[0][0])
    key = VerifierKey(checkpoint.origin, private.public_key())
    body = checkpoint.body()
    signature = base64.b64encode(key.key_hash + private.sign(body.encode())).decode()
    return f"{body}\n{DASH} {checkpoint.origin} {signature}\n"


def read_note(note: str, known: tuple[VerifierKey, ...]) -> Checkpoint:
    """The checkpoint in a signed note. Raises BadCheckpoint unless one of the known keys signed it."""
    body, gap, signatures = note.partition("\n\n")
    checkpoint = read_body(f"{body}\n")
    if not gap:
        raise BadCheckpoint("the checkpoint is not signed")
    for line in signatures.splitlines():
        if any(_signed(line, key, f"{body}\n") for key in known if key.name == checkpoint.origin):
            return checkpoint
    raise BadCheckpoint("no known key signed the checkpoint")


def read_body(body: str) -> Checkpoint:
    """The three lines of a checkpoint, unchecked. Raises BadCheckpoint."""
    lines = body.split("\n")
    if len(lines) < 4 or not lines[0] or not (lines[1].isascii() and lines[1].isdecimal()):
        raise BadCheckpoint("that is not a checkpoint")
    if str(int(lines[1])) != lines[1]:
        raise BadCheckpoint("the size of a checkpoint has no leading zero")
    root_hash = _decode(lines[2])
    if len(root_hash) != 32:
        raise BadCheckpoint("the root of a checkpoint has 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root_hash)


def _signed(line: str, key: VerifierKey, body: str) -> bool:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    try:
        raw = _decode(encoded)
    except BadCheckpoint:
        return False
    if dash != DASH or name != key.name or raw[:4] != key.key_hash:
        return False
    try:
        key.public.verify(raw[4:], body.encode())
    except InvalidSignature:
        return False
    return True


def _private(keys: KeyRing, key_id: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.secret(PURPOSE, key_id).key)


def _decode(encoded: str) -> bytes:
    """Bytes from base64 that is written in its one exact way: the unused bits of an end are nought."""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadCheckpoint("that is not base64") from None
    if base64.b64encode(raw).decode() != encoded:
        raise BadCheckpoint("that is not base64 as it is written")
    return raw
