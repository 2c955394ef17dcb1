"""The tree does what RFC 6962 says: against its own definition, and against every change."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_api.audit import merkle
from store_api.audit.merkle import BadProof, check_consistency, check_inclusion


class Memory:
    """A tree held in memory, grown leaf by leaf."""

    def __init__(self, count: int) -> None:
        self.hashes: dict[tuple[int, int], bytes] = {}
        for index in range(count):
            for level, position, digest in merkle.grow(index, leaf(index), self.stored):
                self.hashes[level, position] = digest

    def stored(self, level: int, position: int) -> bytes:
        return self.hashes[level, position]


def leaf(index: int) -> bytes:
    return merkle.hash_leaf(str(index).encode())


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH as section 2.1 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    both = defined_root(leaves[:split]) + defined_root(leaves[split:])
    return hashlib.sha256(b"\x01" + both).digest()


@settings(deadline=None)
@given(st.integers(0, 70))
def test_the_root_is_what_the_standard_defines(size: int) -> None:
    assert merkle.root(size, Memory(size).stored) == defined_root([leaf(index) for index in range(size)])


def test_the_known_roots_of_the_reference_tree() -> None:
    # Certificate Transparency's reference leaves; their roots are published with its implementations.
    inputs = ["", "00", "10", "2021", "3031", "40414243"]
    tree = Memory(0)
    for index, text in enumerate(inputs):
        digest = merkle.hash_leaf(bytes.fromhex(text))
        for level, position, each in merkle.grow(index, digest, tree.stored):
            tree.hashes[level, position] = each
    assert merkle.root(1, tree.stored).hex().startswith("6e340b9cffb37a98")
    assert merkle.root(2, tree.stored).hex().startswith("fac54203e7cc696c")
    assert merkle.root(3, tree.stored).hex().startswith("aeb6bcfe274b70a1")


@settings(deadline=None)
@given(st.data())
def test_an_inclusion_proof_shows_its_leaf_and_no_other(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 70))
    tree = Memory(size)
    proof, root = merkle.inclusion_proof(index, size, tree.stored), merkle.root(size, tree.stored)
    check_inclusion(index, size, leaf(index), proof, root)
    if other != index:
        with pytest.raises(BadProof):
            check_inclusion(index, size, leaf(other), proof, root)
        with pytest.raises(BadProof):
            check_inclusion(other, size, leaf(index), proof, root)
    for wrong in (proof[:-1] if proof else [root], [*proof, root]):
        with pytest.raises(BadProof):
            check_inclusion(index, size, leaf(index), wrong, root)


@settings(deadline=None)
@given(st.data())
def test_a_consistency_proof_shows_growth_and_no_rewriting(data: st.DataObject) -> None:
    second = data.draw(st.integers(1, 70))
    first = data.draw(st.integers(1, second))
    tree = Memory(second)
    old, new = merkle.root(first, tree.stored), merkle.root(second, tree.stored)
    proof = merkle.consistency_proof(first, second, tree.stored)
    check_consistency(first, second, old, new, proof)
    forged = hashlib.sha256(old).digest()
    for roots in ((forged, new), (old, forged)):
        with pytest.raises(BadProof):
            check_consistency(first, second, *roots, proof)
    with pytest.raises(BadProof):
        check_consistency(first, second, old, new, [*proof, forged])
