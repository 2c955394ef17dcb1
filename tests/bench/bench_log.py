"""How fast a log is sequenced, exported and checked: entries a second, on SQLite, by both verifiers."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import sqlalchemy as sa

from store_api import schema
from store_api.audit.exporting import export_lines
from store_api.audit.models import LogEntryRow
from store_api.audit.sequencing import Sequencer
from store_api.audit.verifying import verify_database, verify_export
from store_api.db import Database
from tests.store_api.audit.logbook import KEYS, NODE, OUTSIDER
from tests.store_api.factories import NOW

ENTRIES = 200_000
CHUNK = 5_000


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/log.db")
        schema.upgrade(database)
        _fill(database)
        print(f"log: {ENTRIES} entries on SQLite")
        sequencer = Sequencer(database, NODE, KEYS, lambda: NOW)
        _timed("sequence and sign", sequencer.run_once)
        path = Path(folder) / "log.jsonl"
        _timed(
            "export", lambda: path.write_text("".join(export_lines(database, NODE, KEYS)), encoding="utf-8")
        )
        with database.reading() as session:
            _timed("verify the database", lambda: _whole(verify_database(session, NODE, KEYS).faults))
        with path.open(encoding="utf-8", newline="\n") as lines:
            _timed("verify the export", lambda: _whole(verify_export(lines).faults))
        with path.open(encoding="utf-8", newline="\n") as lines:
            _timed("the verifier for outsiders", lambda: _whole(list(OUTSIDER.check_log(lines, [], []))))
        database.close()


def _fill(database: Database) -> None:
    """Entries as the service writes them, in bulk."""
    with click.progressbar(range(0, ENTRIES, CHUNK), label="Preparing", file=sys.stderr) as starts:
        for start in starts:
            rows = [_row(number) for number in range(start, start + CHUNK)]
            with database.transaction() as session:
                session.execute(sa.insert(LogEntryRow), rows)


def _row(number: int) -> dict[str, object]:
    details = {"redemption": f"red_{number}", "order": f"ord_{number}", "use_number": 1, "amount_minor": 4999}
    return {
        "entry_id": f"log_n1_{number:012}", "at": NOW, "action": "voucher.redeemed", "actor": "stf_1",
        "subject": f"vou_{number}", "details": details, "commitments": {}, "node_id": NODE,
    }  # fmt: skip


def _whole(faults: object) -> None:
    assert not faults, faults


def _timed(name: str, work: Callable[[], object]) -> None:
    begin = time.perf_counter()
    work()
    seconds = time.perf_counter() - begin
    print(f"  {name:<30}{ENTRIES / seconds:>10.0f} entries/s   {seconds * 1e6 / ENTRIES:6.1f} s a million")


if __name__ == "__main__":
    main()
