"""Checking a single proof, as the API handed it out, against signed checkpoints.

What it must not know: the database, HTTP: whoever holds a proof can check it with nothing else.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from store_api.audit.checkpoints import VerifierKey, read_note
from store_api.audit.merkle import BadProof, check_consistency, check_inclusion, hash_leaf
from store_api.contract import ConsistencyProof, InclusionProof

Proof = InclusionProof | ConsistencyProof


def check_proof(text: str, keys: Sequence[str], notes: Sequence[str]) -> str:
    """What a proof shows, in a sentence. Raises BadProof or BadCheckpoint where it shows nothing."""
    known = tuple(VerifierKey.read(key) for key in keys)
    try:
        proof: Proof = TypeAdapter(Proof).validate_json(text)
    except ValidationError:
        raise BadProof("that is neither an inclusion nor a consistency proof") from None
    if isinstance(proof, InclusionProof):
        return _included(proof, known)
    return _consistent(proof, known, notes)


def _included(proof: InclusionProof, known: tuple[VerifierKey, ...]) -> str:
    if proof.checkpoint is None or proof.leaf_index is None:
        raise BadProof("the entry was in no checkpoint yet: fetch the proof again")
    checkpoint = read_note(proof.checkpoint, known)
    leaf = hash_leaf(proof.entry.encode())
    check_inclusion(proof.leaf_index, checkpoint.size, leaf, _decode(proof.hashes), checkpoint.root_hash)
    return f"The entry is number {proof.leaf_index} of the {checkpoint.size} entries of {checkpoint.origin}."


def _consistent(proof: ConsistencyProof, known: tuple[VerifierKey, ...], notes: Sequence[str]) -> str:
    if len(notes) != 2:
        raise BadProof("a consistency proof is checked against two checkpoints")
    first, second = sorted((read_note(note, known) for note in notes), key=lambda each: each.size)
    if (proof.first, proof.second) != (first.size, second.size) or first.origin != second.origin:
        raise BadProof("the proof is not about these two checkpoints")
    check_consistency(first.size, second.size, first.root_hash, second.root_hash, _decode(proof.hashes))
    return f"The {first.size} entries of the first checkpoint begin the {second.size} of the second."


def _decode(hashes: Sequence[str]) -> list[bytes]:
    try:
        return [base64.b64decode(each, validate=True) for each in hashes]
    except binascii.Error:
        raise BadProof("a hash of the proof is not base64") from None
