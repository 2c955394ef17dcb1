"""A log with entries, checkpoints and its export, for the tests that break it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType

from store_api.audit import reading
from store_api.audit.checkpoints import verifier_keys
from store_api.audit.exporting import export_lines
from store_api.audit.sequencing import Sequencer
from store_api.audit.service import record
from store_api.audit.verifying import Fault, verify_database, verify_export
from store_api.db import Database
from tests.house.sources import ROOT
from tests.store_api.factories import KEYS, NOW

NODE = "n1"


def independent_verifier() -> ModuleType:
    """The verifier for outsiders, loaded from its single file."""
    spec = importlib.util.spec_from_file_location("verify_log", ROOT / "docs" / "verify_log.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


OUTSIDER = independent_verifier()


@dataclass
class Logbook:
    """A database's log, and the checkpoints that somebody kept elsewhere."""

    database: Database
    kept: list[str] = field(default_factory=list)
    written: int = 0

    def write(self, count: int) -> None:
        """So many entries, then a checkpoint that is kept."""
        with self.database.transaction() as session:
            for number in range(self.written, self.written + count):
                record(
                    session,
                    action="account.added",
                    actor="operator",
                    subject=f"acc_{number}",
                    now=NOW + timedelta(seconds=number),
                    details={"number": number, "words": "Ñandú"},
                    personal={"name": f"Dana {number}"},
                )
        self.written += count
        self.sequence()

    def sequence(self) -> None:
        """Give the waiting entries their places and keep the checkpoint."""
        Sequencer(self.database, NODE, KEYS, lambda: NOW).run_once()
        with self.database.reading() as session:
            newest = reading.newest_checkpoint(session, NODE)
        assert newest is not None
        self.kept.append(newest.note)

    def export(self) -> list[str]:
        """The lines of an export."""
        return list(export_lines(self.database, NODE, KEYS))

    @property
    def keys(self) -> list[str]:
        """The log's public keys, as an outsider knows them."""
        return [key.text() for key in verifier_keys(KEYS, NODE)]

    def faults(self, handed_out: bool = True) -> tuple[Fault, ...]:
        """What the product's own check finds in the database."""
        with self.database.reading() as session:
            return verify_database(session, NODE, KEYS, self.kept if handed_out else ()).faults

    def faults_of(self, lines: list[str]) -> tuple[Fault, ...]:
        """What the product's own check finds in an export."""
        return verify_export(lines, self.keys, self.kept).faults

    def outsider_faults_of(self, lines: list[str]) -> list[str]:
        """What the independent verifier finds in an export."""
        return list(OUTSIDER.check_log(lines, self.keys, self.kept))
