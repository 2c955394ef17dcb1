"""Whatever is done to a log is found, and where: in the database, in an export, by two verifiers.

The two share no code: one is the product's, the other is the single file for outsiders.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from store_api.audit import reading
from store_api.audit.checkpoints import BadCheckpoint
from store_api.audit.merkle import BadProof
from store_api.audit.models import (
    LogCheckpointRow,
    LogEntryRow,
    LogHeadRow,
    LogNodeRow,
    LogPersonalField,
)
from store_api.audit.proving import check_proof
from store_api.audit.service import record
from store_api.db import Database
from tests.store_api.audit.logbook import KEYS, NODE, OUTSIDER, Logbook
from tests.store_api.clients import Client
from tests.store_api.factories import NOW

FLIPS = 150
"""Bytes of an export that are flipped, one at a time, in the usual run."""


@pytest.fixture
def logbook(database: Database) -> Logbook:
    """A log of the fixtures' own entries and 25 more, with three checkpoints that were kept."""
    book = Logbook(database)
    for count in (9, 1, 15):
        book.write(count)
    return book


def change(logbook: Logbook, statement: sa.Executable) -> None:
    with logbook.database.transaction() as session:
        session.execute(statement)


def entry_at(index: int) -> sa.ColumnElement[bool]:
    return LogEntryRow.leaf_index == index


def test_a_log_that_nobody_touched_is_whole(logbook: Logbook) -> None:
    assert logbook.faults() == ()
    assert logbook.faults_of(logbook.export()) == ()
    assert logbook.outsider_faults_of(logbook.export()) == []


def test_erasing_a_persons_fields_breaks_nothing(logbook: Logbook) -> None:
    change(logbook, sa.delete(LogPersonalField))
    assert logbook.faults() == ()
    assert logbook.outsider_faults_of(logbook.export()) == []


@pytest.mark.parametrize(
    "values",
    [
        {"action": "account.locked"},
        {"actor": "somebody"},
        {"subject": "acc_other"},
        {"details": {"number": 1}},
        {"commitments": {}},
        {"at": NOW - timedelta(days=1)},
        {"entry_id": "log_n1_forged"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_field_of_an_entry_is_found_where_it_is(
    logbook: Logbook, values: dict[str, object]
) -> None:
    index = 17
    if "entry_id" in values:
        entry = sa.select(LogEntryRow.entry_id).where(entry_at(index)).scalar_subquery()
        change(logbook, sa.delete(LogPersonalField).where(LogPersonalField.entry_id == entry))
    change(logbook, sa.update(LogEntryRow).where(entry_at(index)).values(**values))
    found = logbook.faults(handed_out=False)
    assert ("entry.changed", index) in {(fault.code, fault.leaf_index) for fault in found}
    # The forger's own export, made from the changed table, is shown by the checkpoints.
    assert logbook.faults_of(logbook.export())
    assert logbook.outsider_faults_of(logbook.export())


def test_a_changed_personal_field_is_found(logbook: Logbook) -> None:
    name = sa.select(LogEntryRow.entry_id).where(entry_at(12)).scalar_subquery()
    change(
        logbook,
        sa.update(LogPersonalField).where(LogPersonalField.entry_id == name).values(value="Somebody else"),
    )
    assert [(fault.code, fault.leaf_index) for fault in logbook.faults()] == [("field.changed", 12)]


def test_a_dropped_entry_is_found(logbook: Logbook) -> None:
    drop(logbook, 12)
    assert ("entry.missing", 12) in {(fault.code, fault.leaf_index) for fault in logbook.faults(False)}


def test_swapped_entries_are_found(logbook: Logbook) -> None:
    for old, new in ((12, 1_000), (13, 12), (1_000, 13)):
        change(logbook, sa.update(LogEntryRow).where(entry_at(old)).values(leaf_index=new))
    found = {(fault.code, fault.leaf_index) for fault in logbook.faults(False)}
    assert {("entry.changed", 12), ("entry.changed", 13)} <= found


@pytest.mark.parametrize("handed_out", [False, True])
def test_a_cut_tail_is_found_by_a_checkpoint_that_was_handed_out(logbook: Logbook, handed_out: bool) -> None:
    size = len(entries(logbook))
    for index in range(size - 3, size):
        drop(logbook, index)
    rebuild(logbook)
    found = {fault.code for fault in logbook.faults(handed_out)}
    # Nothing inside a log that was cut and signed again can tell; what was handed out does.
    assert found == ({"log.cut"} if handed_out else set())
    if handed_out:
        assert [fault.leaf_index for fault in logbook.faults()] == [size - 3]
        assert any(f"from entry {size - 3} on" in fault for fault in outsider(logbook))


@pytest.mark.parametrize("handed_out", [False, True])
def test_a_log_written_anew_from_the_start_is_found(logbook: Logbook, handed_out: bool) -> None:
    change(logbook, sa.update(LogEntryRow).where(entry_at(3)).values(subject="acc_other"))
    rebuild(logbook)
    found = logbook.faults(handed_out)
    assert {fault.code for fault in found} == ({"checkpoint.root"} if handed_out else set())
    if handed_out:
        assert found[0].leaf_index == 0
        assert any("an entry from 0 to" in fault for fault in outsider(logbook))


def test_a_fork_is_found(logbook: Logbook) -> None:
    ours = list(logbook.kept)
    drop(logbook, len(entries(logbook)) - 1)
    rebuild(logbook)
    logbook.write(4)
    logbook.kept = ours
    assert {fault.code for fault in logbook.faults()} == {"checkpoint.root"}
    assert outsider(logbook)


def test_a_changed_tree_head_or_checkpoint_is_found(logbook: Logbook) -> None:
    change(logbook, sa.update(LogHeadRow).values(size=LogHeadRow.size + 1))
    assert {fault.code for fault in logbook.faults(False)} == {"head.wrong"}
    change(logbook, sa.update(LogHeadRow).values(size=LogHeadRow.size - 1))
    first = sa.select(sa.func.min(LogCheckpointRow.size)).scalar_subquery()
    forged = sa.update(LogCheckpointRow).where(LogCheckpointRow.size == first)
    change(logbook, forged.values(note=LogCheckpointRow.note + "x"))
    assert logbook.faults(False) == ()  # text after the signature signs nothing
    change(logbook, forged.values(note=sa.func.replace(LogCheckpointRow.note, "sameterms", "otherterms")))
    assert {fault.code for fault in logbook.faults(False)} == {"checkpoint.bad"}


def test_every_flipped_byte_of_an_export_is_found_by_both_and_in_its_line(logbook: Logbook) -> None:
    flip_bytes(logbook, FLIPS)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_every_single_byte_of_an_export(logbook: Logbook) -> None:
    flip_bytes(logbook, None)


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines.pop(20),
        lambda lines: lines.insert(20, lines[20]),
        lambda lines: lines.__setitem__(slice(20, 22), [lines[21], lines[20]]),
        lambda lines: lines.pop(),
        lambda lines: lines.append(lines[-1]),
        lambda lines: lines.__setitem__(-1, lines[-1][: len(lines[-1]) // 2]),
        lambda lines: lines.__setitem__(20, renumbered(lines[20], subject="acc_other")),
    ],
    ids=["drop", "duplicate", "swap", "cut", "double the end", "half a file", "rewrite with its hash"],
)
def test_a_damaged_export_is_found_by_both(logbook: Logbook, damage: Callable[[list[str]], object]) -> None:
    lines = logbook.export()
    damage(lines)
    found = logbook.faults_of(lines)
    assert found
    assert any(fault.leaf_index is not None for fault in found)
    said = logbook.outsider_faults_of(lines)
    assert any(re.search(r"entry (from )?\d+|entry .*from \d+", sentence) for sentence in said)


def test_a_proof_shows_an_entry_to_both_and_a_changed_one_to_neither(
    logbook: Logbook, as_manager: Client
) -> None:
    entry = entries(logbook)[11]
    text = as_manager.get(f"/v1/log/entries/{entry}/proof").text
    outsider_keys = [OUTSIDER.read_key(key) for key in logbook.keys]
    assert check_proof(text, logbook.keys, []).startswith("The entry is number 11 of the ")
    OUTSIDER.check_inclusion(json.loads(text), outsider_keys)
    proof = json.loads(text)
    for forged in (
        {**proof, "entry": proof["entry"].replace('"action":"', '"action":"x')},
        {**proof, "leaf_index": 10},
        {**proof, "hashes": proof["hashes"][::-1]},
        {**proof, "hashes": proof["hashes"][:-1]},
        {**proof, "hashes": [*proof["hashes"], proof["hashes"][0]]},
    ):
        with pytest.raises((BadProof, BadCheckpoint)):
            check_proof(json.dumps(forged), logbook.keys, [])
        with pytest.raises(OUTSIDER.Broken):
            OUTSIDER.check_inclusion(forged, outsider_keys)


def test_two_checkpoints_that_were_kept_are_shown_to_be_of_one_log(
    logbook: Logbook, as_manager: Client
) -> None:
    outsider_keys = [OUTSIDER.read_key(key) for key in logbook.keys]
    for old, new in ((0, 1), (0, 2), (1, 2), (2, 2)):
        first, second = logbook.kept[old], logbook.kept[new]
        sizes = [note.splitlines()[1] for note in (first, second)]
        text = as_manager.get(f"/v1/log/consistency?first={sizes[0]}&second={sizes[1]}").text
        assert "begin the" in check_proof(text, logbook.keys, [first, second])
        OUTSIDER.check_consistency(json.loads(text), first, second, outsider_keys)
        if old == new:
            continue
        proof = json.loads(text)
        forged = {**proof, "hashes": [base64.b64encode(bytes(32)).decode(), *proof["hashes"][1:]]}
        with pytest.raises(BadProof):
            check_proof(json.dumps(forged), logbook.keys, [first, second])
        with pytest.raises(OUTSIDER.Broken):
            OUTSIDER.check_consistency(forged, first, second, outsider_keys)


def test_the_outsiders_command_says_what_it_found(
    logbook: Logbook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export, kept = tmp_path / "log.jsonl", tmp_path / "kept.txt"
    export.write_text("".join(logbook.export()), encoding="utf-8")
    kept.write_text(logbook.kept[1], encoding="utf-8")
    arguments = ["log", str(export), "--checkpoint", str(kept), "--key", logbook.keys[0]]
    assert OUTSIDER.main(arguments) == 0
    assert capsys.readouterr().out == "Everything is as it was written.\n"
    export.write_text(export.read_text(encoding="utf-8").replace("acc_7", "acc_8"), encoding="utf-8")
    assert OUTSIDER.main(arguments) == 1
    assert "is not what was written" in capsys.readouterr().out


# --- How a log is broken -----------------------------------------------------------------------------------


def entries(logbook: Logbook) -> list[str]:
    with logbook.database.reading() as session:
        sequenced = sa.select(LogEntryRow.entry_id).where(LogEntryRow.leaf_index.is_not(None))
        return list(session.scalars(sequenced.order_by(LogEntryRow.leaf_index)))


def drop(logbook: Logbook, index: int) -> None:
    entry = sa.select(LogEntryRow.entry_id).where(entry_at(index)).scalar_subquery()
    change(logbook, sa.delete(LogPersonalField).where(LogPersonalField.entry_id == entry))
    change(logbook, sa.delete(LogEntryRow).where(entry_at(index)))


def rebuild(logbook: Logbook) -> None:
    """Make tree and checkpoints anew over what is there, as a forger with every key would."""
    for table in (LogNodeRow, LogHeadRow, LogCheckpointRow):
        change(logbook, sa.delete(table))
    change(logbook, sa.update(LogEntryRow).values(leaf_index=None))
    kept = list(logbook.kept)
    logbook.sequence()
    logbook.kept = kept


def outsider(logbook: Logbook) -> list[str]:
    return logbook.outsider_faults_of(logbook.export())


def renumbered(line: str, **changes: str) -> str:
    """A line whose entry was changed together with the hash that stands beside it."""
    content = json.loads(line)
    fields = {**json.loads(content["entry"]), **changes}
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    content.update(entry=text, leaf_hash=OUTSIDER.sha(b"\x00", text.encode()).hex())
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def flip_bytes(logbook: Logbook, count: int | None) -> None:
    """Flip bits of `count` bytes of an export (None: of each), one at a time; both verifiers must tell."""
    lines = logbook.export()
    first_entry = next(place for place, line in enumerate(lines) if line.startswith('{"leaf_index"'))
    places = [(place, at) for place, line in enumerate(lines) for at in range(len(line.encode()))]
    chooser = random.Random(20261121)  # noqa: S311  # the same bytes every time
    for place, at in places if count is None else chooser.sample(places, count):
        raw = bytearray(lines[place].encode())
        raw[at] ^= 1 << chooser.randrange(8)
        flipped = bytes(raw).decode(errors="surrogateescape").splitlines(keepends=True)
        damaged = [*lines[:place], *flipped, *lines[place + 1 :]]
        index = place - first_entry if place >= first_entry else None
        for find in (numbers, outsider_numbers):
            assert is_found(find, logbook, damaged, index), (find.__name__, place, at)


def is_found(
    find: Callable[[Logbook, list[str]], list[int | None]],
    logbook: Logbook,
    lines: list[str],
    index: int | None,
) -> bool:
    """Whether something was found, and in the entry that was changed where it was one."""
    try:
        found = find(logbook, lines)
    except (BadCheckpoint, OUTSIDER.Broken):
        return index is None
    return bool(found) and (index is None or index in found)


def numbers(logbook: Logbook, lines: list[str]) -> list[int | None]:
    return [fault.leaf_index for fault in logbook.faults_of(lines)]


def outsider_numbers(logbook: Logbook, lines: list[str]) -> list[int | None]:
    return [
        int(found) for sentence in logbook.outsider_faults_of(lines) for found in re.findall(r"\d+", sentence)
    ]


def test_the_keys_are_what_the_api_tells(logbook: Logbook, as_manager: Client) -> None:
    told = as_manager.get("/v1/log/keys").get_json()
    assert told == {"origin": f"sameterms.log/{NODE}", "keys": logbook.keys}
    newest = as_manager.get("/v1/log/checkpoint").get_json()
    assert newest["note"] == logbook.kept[-1]
    assert KEYS.secrets[0][0] not in json.dumps(told)


def test_an_entry_without_a_place_says_so(logbook: Logbook, database: Database, as_manager: Client) -> None:
    with database.transaction() as session:
        late = record(session, action="account.added", actor="operator", subject="acc_late", now=NOW)
    page = reading_page(as_manager)
    assert [entry["entry_id"] for entry in page if entry["leaf_index"] is None][-1] == late
    proof = as_manager.get(f"/v1/log/entries/{late}/proof").get_json()
    assert (proof["leaf_index"], proof["checkpoint"]) == (None, None)
    with pytest.raises(BadProof, match="no checkpoint yet"):
        check_proof(json.dumps(proof), logbook.keys, [])


def reading_page(client: Client) -> list[dict[str, object]]:
    """All pages of the log."""
    found: list[dict[str, object]] = []
    cursor = ""
    while True:
        page = client.get(f"/v1/log{cursor}").get_json()
        found += page["entries"]
        if page["next"] is None:
            return found
        assert len(page["entries"]) == reading.PAGE
        cursor = f"?after={page['next']}"
