"""Check a log of Sameterms with nothing of Sameterms: one file, the standard library, one signature check.

    python3 verify_log.py log EXPORT [--checkpoint FILE]... [--key KEY]...
    python3 verify_log.py inclusion PROOF --key KEY
    python3 verify_log.py consistency PROOF FIRST_CHECKPOINT SECOND_CHECKPOINT --key KEY

It needs Python 3.9 or later and the package `cryptography` for Ed25519. docs/log.md describes every form
that is read here, so that anybody can write another. Exit status 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Broken(Exception):
    """Something that cannot be read at all."""


def sha(*parts):
    """SHA-256 over the parts."""
    return hashlib.sha256(b"".join(parts)).digest()


# --- Signed notes ---------------------------------------------------------------------------------------


def read_key(text):
    """`name+hash+key` -> (name, four bytes, public key)."""
    try:
        name, told, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded)
        found = sha(name.encode() + b"\n", raw)[:4]
        if raw[:1] != b"\x01" or found.hex() != told:
            raise ValueError
        return name, found, Ed25519PublicKey.from_public_bytes(raw[1:])
    except ValueError:
        raise Broken("a key is written name+hash+key, and this one is not: " + text) from None


def read_note(note, keys):
    """(origin, size, root) of a checkpoint that one of the keys signed."""
    text, _, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if len(lines) < 3 or not lines[1].isdigit():
        raise Broken("a checkpoint has three lines: origin, size, root")
    signed = (text + "\n").encode()
    for line in signatures.splitlines():
        dash, name, encoded = [*line.split(" "), "", "", ""][:3]
        raw = exact_base64(encoded)
        for known_name, key_hash, public in keys:
            if dash == "\u2014" and name == known_name == lines[0] and raw[:4] == key_hash:
                try:
                    public.verify(raw[4:], signed)
                except InvalidSignature:
                    continue
                return lines[0], int(lines[1]), exact_base64(lines[2])
    raise Broken("no known key signed the checkpoint of " + lines[1] + " entries")


def exact_base64(text):
    """The bytes of a text that is their one way to be written; nothing for any other text."""
    try:
        raw = base64.b64decode(text)
    except ValueError:
        return b""
    return raw if base64.b64encode(raw).decode() == text else b""


# --- The tree (RFC 6962) --------------------------------------------------------------------------------


class Tree:
    """A tree that only grows: the roots of its complete subtrees, largest first."""

    def __init__(self):
        self.size, self.roots = 0, []

    def add(self, leaf):
        """Append a leaf's hash; equal neighbours in height become one."""
        self.roots.append((1, leaf))
        self.size += 1
        while len(self.roots) > 1 and self.roots[-1][0] == self.roots[-2][0]:
            (height, right), (_, left) = self.roots.pop(), self.roots.pop()
            self.roots.append((height * 2, sha(b"\x01", left, right)))

    def root(self):
        """The hash of it all."""
        if not self.roots:
            return sha()
        found = self.roots[-1][1]
        for _, left in self.roots[-2::-1]:
            found = sha(b"\x01", left, found)
        return found


def included(index, size, leaf, path):
    """The root that the path leads to from a leaf; the shape of the tree says which side is which."""
    if size == 1:
        if path:
            raise Broken("the proof is too long")
        return leaf
    if not path:
        raise Broken("the proof is too short")
    left = largest_power_below(size)
    *rest, beside = path
    if index < left:
        return sha(b"\x01", included(index, left, leaf, rest), beside)
    return sha(b"\x01", beside, included(index - left, size - left, leaf, rest))


def grown(first, size, path, old_root, whole=True):
    """(root of the first leaves, root of all) as the path of a consistency proof leads to them."""
    if first == size:
        if whole:
            return old_root, old_root
        if not path:
            raise Broken("the proof is too short")
        if len(path) > 1:
            raise Broken("the proof is too long")
        return path[-1], path[-1]
    if not path:
        raise Broken("the proof is too short")
    left = largest_power_below(size)
    *rest, beside = path
    if first <= left:
        old, new = grown(first, left, rest, old_root, whole)
        return old, sha(b"\x01", new, beside)
    old, new = grown(first - left, size - left, rest, old_root, False)
    return sha(b"\x01", beside, old), sha(b"\x01", beside, new)


def largest_power_below(size):
    """The largest power of two below a size of two or more."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


# --- What can be checked --------------------------------------------------------------------------------


def check_log(lines, key_texts, notes):
    """Yield a sentence for everything that is wrong with an export; last, what was read."""
    lines = iter(lines)
    header = load_line(next(lines, ""))
    if header.get("format") != "sameterms-log/1":
        raise Broken("the file does not begin as an export of a log does")
    own = [read_key(text) for text in header["keys"]]
    keys = [read_key(text) for text in key_texts or ()] or own
    expected, tree, seen, good = {}, Tree(), set(), 0
    waiting = [(f"checkpoint given as number {number}", note) for number, note in enumerate(notes, 1)]
    for line in lines:
        content = load_line(line)
        if "checkpoint" in content:
            waiting.append((f"checkpoint {len(waiting) + 1 - len(notes)} of the file", content["checkpoint"]))
            continue
        if waiting:
            yield from expect(waiting, keys, header["origin"], expected)
            waiting = []
        number, entry = tree.size, str(content.get("entry", ""))
        leaf = sha(b"\x00", entry.encode("utf-8", "surrogatepass"))
        if content.get("leaf_index") != number:
            yield f"entry {number} is missing or stands elsewhere"
        elif content.get("leaf_hash") != leaf.hex():
            yield f"entry {number} is not what was written ({load(entry).get('entry_id', 'unreadable')})"
        elif leaf in seen:
            yield f"entry {number} is there twice"
        seen.add(leaf)
        tree.add(leaf)
        for root in expected.pop(tree.size, ()):
            if root == tree.root():
                good = tree.size
            else:
                yield f"an entry from {good} to {tree.size - 1} was changed: the checkpoint has another root"
    yield from expect(waiting, keys, header["origin"], expected)
    for size in sorted(expected):
        yield f"the end is missing from entry {tree.size} on: a checkpoint counts {size} entries"
    if header.get("size") != tree.size:
        yield f"the file says {header.get('size')} entries and holds {tree.size}: the end differs"


def expect(waiting, keys, origin, expected):
    """Read checkpoints and remember the roots that they tell."""
    for name, note in waiting:
        try:
            told_origin, size, root = read_note(note, keys)
        except Broken as broken:
            yield f"{name}: {broken}"
            continue
        if told_origin != origin:
            yield f"{name} is of another log, {told_origin}"
            continue
        expected.setdefault(size, []).append(root)


def check_inclusion(proof, keys):
    """Raise Broken unless the entry of the proof is in the checkpoint of the proof."""
    if not proof.get("checkpoint"):
        raise Broken("the entry was in no checkpoint yet: fetch the proof again")
    _, size, root = read_note(proof["checkpoint"], keys)
    leaf = sha(b"\x00", proof["entry"].encode())
    if not 0 <= proof["leaf_index"] < size:
        raise Broken("the entry lies outside the log")
    if included(proof["leaf_index"], size, leaf, hashes_of(proof)) != root:
        raise Broken("the proof does not lead to the root of the checkpoint")


def check_consistency(proof, first_note, second_note, keys):
    """Raise Broken unless the first checkpoint's log begins the second's."""
    (origin, first, old_root), (other, second, new_root) = (
        read_note(note, keys) for note in (first_note, second_note)
    )
    if origin != other or (proof["first"], proof["second"]) != (first, second) or not 0 < first <= second:
        raise Broken("the proof is not about these two checkpoints")
    if grown(first, second, hashes_of(proof), old_root) != (old_root, new_root):
        raise Broken("the proof does not lead from the one root to the other")


def hashes_of(proof):
    """The hashes of a proof as bytes."""
    return [base64.b64decode(each) for each in proof["hashes"]]


def load(text):
    """A JSON object; an empty one for whatever is none."""
    try:
        content = json.loads(text)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def load_line(line):
    """A line of an export, which is written in one way only; nothing for any other line."""
    content = load(line)
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    return content if written == line else {}


# --- The command ----------------------------------------------------------------------------------------


def main(arguments):
    """Run what was asked; the exit status."""
    parser = argparse.ArgumentParser(description="Check a log of Sameterms, or a proof from it.")
    parser.add_argument("what", choices=["log", "inclusion", "consistency"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--checkpoint", action="append", default=[])
    parser.add_argument("--key", action="append", default=[])
    given = parser.parse_args(arguments)
    try:
        faults = run(given)
    except (Broken, KeyError, OSError) as broken:
        faults = [str(broken)]
    for fault in faults:
        print(fault)
    print("Faults were found." if faults else "Everything is as it was written.")
    return 1 if faults else 0


def run(given):
    """The faults that a check finds."""
    if given.what == "log":
        with open(given.files[0], encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            return list(check_log(lines, given.key, [read(path) for path in given.checkpoint]))
    keys = [read_key(text) for text in given.key]
    proof = load(read(given.files[0]))
    if given.what == "inclusion":
        check_inclusion(proof, keys)
    else:
        check_consistency(proof, read(given.files[1]), read(given.files[2]), keys)
    return []


def read(path):
    """A file's text."""
    with open(path, encoding="utf-8") as file:
        return file.read()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
