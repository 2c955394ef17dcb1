"""The Merkle tree of RFC 6962, section 2.1: roots, inclusion and consistency proofs, and their checks.

What it is for: pure functions over hashes. A tree is told by `stored(level, position)`, the root of the
complete subtree of 2**level leaves that begins at leaf position * 2**level; a proof reads O(log n) of them.
What it must not know: what the leaves say, the database, keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

Stored = Callable[[int, int], bytes]
"""(level, position) -> the root of that complete subtree, 32 bytes."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, 2.1)."""


class BadProof(ValueError):
    """A proof that does not show what it is for."""


def hash_leaf(content: bytes) -> bytes:
    """The hash of a leaf: SHA-256 over 0x00 and its content."""
    return hashlib.sha256(b"\x00" + content).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees: SHA-256 over 0x01 and both."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(size: int, leaf: bytes, stored: Stored) -> Iterator[tuple[int, int, bytes]]:
    """The complete subtrees that leaf number `size` completes, itself first: (level, position, hash)."""
    level, position, current = 0, size, leaf
    yield level, position, current
    while position % 2:
        current = hash_node(stored(level, position - 1), current)
        level, position = level + 1, position // 2
        yield level, position, current


def root(size: int, stored: Stored) -> bytes:
    """The root of the first `size` leaves."""
    return _range(0, size, stored) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, stored: Stored) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of `size` leaves (PATH of RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("the leaf lies outside the tree")
    low, high, beside = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            beside.append(_range(middle, high, stored))
            high = middle
        else:
            beside.append(_range(low, middle, stored))
            low = middle
    return beside[::-1]


def consistency_proof(first: int, second: int, stored: Stored) -> list[bytes]:
    """The hashes that show that the first `first` leaves begin the first `second` (PROOF of 2.1.2)."""
    if not 0 < first <= second:
        raise ValueError("the first tree is not within the second")
    low, high, beside, whole = 0, second, [], True
    while first != high:
        middle = low + _split(high - low)
        if first <= middle:
            beside.append(_range(middle, high, stored))
            high = middle
        else:
            beside.append(_range(low, middle, stored))
            low, whole = middle, False
    if not whole:
        beside.append(_range(low, high, stored))
    return beside[::-1]


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root_hash: bytes) -> None:
    """Raise BadProof unless leaf `index` is in the tree of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise BadProof("the leaf lies outside the tree")
    place, last, current = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise BadProof("the proof is too long")
        if place % 2 or place == last:
            current = hash_node(beside, current)
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            current = hash_node(current, beside)
        place, last = place >> 1, last >> 1
    if last or current != root_hash:
        raise BadProof("the proof does not lead to the root")


def check_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise BadProof unless the first tree begins the second (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        raise BadProof("the first tree is not within the second")
    if first == second:
        if proof or first_root != second_root:
            raise BadProof("two trees of one size have different roots")
        return
    hashes = list(proof) if first & (first - 1) else [first_root, *proof]
    place, last = first - 1, second - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    if not hashes:
        raise BadProof("the proof is empty")
    old = new = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            raise BadProof("the proof is too long")
        if place % 2 or place == last:
            old, new = hash_node(beside, old), hash_node(beside, new)
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            new = hash_node(new, beside)
        place, last = place >> 1, last >> 1
    if last or old != first_root or new != second_root:
        raise BadProof("the proof does not lead from the one root to the other")


def _range(low: int, high: int, stored: Stored) -> bytes:
    """The root of the leaves from `low` to before `high`; `low` is a multiple of every subtree below."""
    count = high - low
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return stored(level, low >> level)
    middle = low + _split(count)
    return hash_node(_range(low, middle, stored), _range(middle, high, stored))


def _split(count: int) -> int:
    """The largest power of two below a count of two or more."""
    return 1 << ((count - 1).bit_length() - 1)
