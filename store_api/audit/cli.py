"""`audit checkpoint|export|verify|verify-proof`: the log as a file, and checked from end to end.

Exit status of the checks: 1 where anything is wrong. A large log takes a while; progress goes to standard
error.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import click

from store_api.app import wall_clock
from store_api.audit import exporting, proving, reading, verifying
from store_api.audit.checkpoints import BadCheckpoint
from store_api.audit.merkle import BadProof
from store_api.audit.sequencing import Sequencer
from store_api.audit.verifying import Verified
from store_api.operating import opened_database, settings_or_exit


@click.group()
def audit() -> None:
    """Read and check the log."""


@audit.command()
def checkpoint() -> None:
    """Print the newest signed checkpoint, to be kept elsewhere."""
    settings = settings_or_exit()
    with opened_database(settings) as database:
        Sequencer(database, settings.node_id, settings.keys, wall_clock).run_once()
        with database.reading() as session:
            newest = reading.newest_checkpoint(session, settings.node_id)
    if newest is None:
        raise click.ClickException("the log has no entry yet")
    click.echo(newest.note, nl=False)


@audit.command()
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True))
def export(file: TextIO) -> None:
    """Write the whole log and its checkpoints to FILE (- for standard output)."""
    settings = settings_or_exit()
    with opened_database(settings) as database:
        Sequencer(database, settings.node_id, settings.keys, wall_clock).run_once()
        for line in exporting.export_lines(database, settings.node_id, settings.keys):
            file.write(line)


@audit.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A signed checkpoint that was kept elsewhere; may be repeated.",
)
@click.option(
    "--key", "keys", multiple=True, help="The log's public key as known from elsewhere; may be repeated."
)
def verify(file: Path | None, checkpoints: tuple[Path, ...], keys: tuple[str, ...]) -> None:
    """Check the log in the database, or the export in FILE, from its first entry to its last."""
    handed_out = [path.read_text(encoding="utf-8") for path in checkpoints]
    try:
        verified = _verify_database(handed_out) if file is None else _verify_file(file, keys, handed_out)
    except BadCheckpoint as bad:
        raise click.ClickException(str(bad)) from None
    for fault in verified.faults:
        click.echo(f"{fault.code}: {fault.says}")
    root = base64.b64encode(verified.root_hash).decode()
    click.echo(
        f"{verified.origin}: {verified.size} entries, root {root}, {verified.checkpoints} checkpoints."
    )
    click.echo("Faults were found." if verified.faults else "Every entry is as it was written.")
    sys.exit(1 if verified.faults else 0)


@audit.command("verify-proof")
@click.argument("proof", type=click.File("r", encoding="utf-8"))
@click.option("--key", "keys", multiple=True, required=True, help="The log's public key; may be repeated.")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For a consistency proof: the two checkpoints that were kept.",
)
def verify_proof(proof: TextIO, keys: tuple[str, ...], checkpoints: tuple[Path, ...]) -> None:
    """Check the JSON of an inclusion or consistency proof as the API gave it."""
    notes = [path.read_text(encoding="utf-8") for path in checkpoints]
    try:
        said = proving.check_proof(proof.read(), keys, notes)
    except (BadCheckpoint, BadProof) as bad:
        raise click.ClickException(str(bad)) from None
    click.echo(said)


def _verify_database(handed_out: Sequence[str]) -> Verified:
    settings = settings_or_exit()
    with opened_database(settings) as database, database.reading() as session:
        return verifying.verify_database(session, settings.node_id, settings.keys, handed_out)


def _verify_file(file: Path, keys: Sequence[str], handed_out: Sequence[str]) -> Verified:
    with file.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        return verifying.verify_export(_counted(lines, file.stat().st_size), keys, handed_out)


def _counted(lines: TextIO, size: int) -> Iterator[str]:
    """The lines, with a bar on standard error that grows with what was read."""
    with click.progressbar(length=size, label="Checking", file=sys.stderr) as bar:
        for line in lines:
            bar.update(len(line))
            yield line
