"""The log as one text that stands alone: a file for an auditor, and for the independent verifier.

What it is for: JSON lines. The first says which log it is and its public keys, then comes a line for every
signed checkpoint, then one for every entry, with the very text that is hashed. docs/log.md has the form.
What it must not know: files, HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from store_api.audit import merkle, store
from store_api.audit.checkpoints import origin_of, verifier_keys
from store_api.audit.sequencing import leaf_of
from store_api.db import Database
from store_api.keys import KeyRing

FORMAT = "sameterms-log/1"


def export_lines(database: Database, node_id: str, keys: KeyRing) -> Iterator[str]:
    """The lines of an export, each with its line break. Reads one snapshot."""
    with database.reading() as session:
        size = store.tree_size(session, node_id)
        known = [key.text() for key in verifier_keys(keys, node_id)]
        yield write_line({"format": FORMAT, "origin": origin_of(node_id), "size": size, "keys": known})
        for checkpoint in store.read_checkpoints(session, node_id):
            yield write_line({"checkpoint": checkpoint.note})
        for row in store.read_all_leaves(session, node_id):
            text = leaf_of(row).text()
            leaf_hash = merkle.hash_leaf(text.encode()).hex()
            yield write_line({"leaf_index": row.leaf_index, "leaf_hash": leaf_hash, "entry": text})


def write_line(content: object) -> str:
    """A line of an export, in the one way in which it is written."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
