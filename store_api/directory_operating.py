"""Commands about the carrier's other systems: a directory from a file, and how everything stands.

What it is for: `directory import` and `doctor`.
What it must not know: rules; everything is done by a feature's service.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from store_api.app import wall_clock
from store_api.campaigns import service as campaigns
from store_api.csv_cells import text_cell, write_row
from store_api.directory import importing
from store_api.directory import service as directories
from store_api.footing import find_remarks
from store_api.messages import service as messages
from store_api.operating import OPERATOR, opened_database, settings_or_exit
from store_api.policies import service as policies
from store_api.settings import Settings
from store_api.work import Work

SHOWN = 20
"""Refused rows that are printed; the report file has all of them."""


@click.group()
def directory() -> None:
    """Look after the directory of accounts, lines and persons."""


@directory.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", type=click.Choice(["csv", "json_lines"]), default="csv", show_default=True)
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Every refused row, as CSV.")
def import_command(file: Path, form: campaigns.Format, report: Path | None) -> None:
    """Take up accounts, persons, lines and facts from a file; the same file again changes nothing.

    Exit status 1 where rows were refused. docs/directory.md has the columns.
    """
    settings = settings_or_exit()
    catalogue = policies.read_catalogue(settings.catalogue_files)
    columns = importing.columns_with(catalogue)
    with opened_database(settings) as database:

        @contextmanager
        def opened() -> Iterator[Work]:
            with database.transaction() as session:
                yield Work(session, wall_clock(), OPERATOR, settings)

        try:
            rows = campaigns.read_rows(campaigns.lines_of_file(file), form, columns)
            done = directories.import_directory(opened, campaigns.digest_of_file(file), rows, _progress)
        except directories.BadFile as error:
            raise click.ClickException(f"the file cannot be read: {error.reason}") from None
    _print_report(done)
    if report is not None:
        report.write_text(_as_csv(done), encoding="utf-8", newline="")
    sys.exit(1 if done.refused else 0)


def _progress(done: int) -> None:
    click.echo(f"{done} rows", err=True)


def _print_report(done: directories.Report) -> None:
    if done.was_done:
        click.echo("This file was taken up before. Nothing was changed. This is what became of it then:")
    click.echo(
        f"{done.rows} rows: {done.added} lines added, {done.changed} changed, {len(done.refused)} refused."
    )
    for line, column, reason in done.refused[:SHOWN]:
        where = f" ({column})" if column else ""
        click.echo(f"  line {line}: {reason}{where}")
    if len(done.refused) > SHOWN:
        click.echo(f"  … and {len(done.refused) - SHOWN} more; --report FILE writes all of them.")


def _as_csv(done: directories.Report) -> str:
    rows = [write_row(("line", "column", "reason"))]
    rows += [
        write_row((str(line), text_cell(column), text_cell(reason))) for line, column, reason in done.refused
    ]
    return "".join(rows)


@click.command()
def doctor() -> None:
    """Say how the service and the systems around it stand; exit status 1 where something needs a look."""
    settings = settings_or_exit()
    with opened_database(settings) as database:
        lines = [database.describe(), *(f"remark: {each}" for each in find_remarks(database))]
        needs_a_look = len(lines) > 1
        with database.reading() as session:
            found, is_bad = _directory_lines(session, settings)
            waiting = messages.waiting(session)
    lines += found
    lines.append(f"messages: {settings.messages or 'none are sent'}, {waiting.count} waiting")
    if waiting.last_fault is not None:
        lines.append(f"messages: the last fault was {waiting.last_fault}")
    click.echo("\n".join(lines))
    sys.exit(1 if needs_a_look or is_bad or waiting.last_fault is not None else 0)


def _directory_lines(session: Session, settings: Settings) -> tuple[list[str], bool]:
    """The directory and its circuits in words, and whether one is open."""
    lines = [f"directory: {settings.directory or 'the embedded tables'}"]
    is_bad, now = False, wall_clock()
    for row in directories.read_circuits(session):
        is_open = row.open_until is not None
        is_bad = is_bad or is_open
        state = "closed"
        if row.open_until is not None:
            state = f"open until {row.open_until:%H:%M:%S} UTC" if row.open_until > now else "half open"
        last = (
            f"{row.last_fault} at {row.last_fault_at:%Y-%m-%d %H:%M:%S} UTC" if row.last_fault_at else "none"
        )
        lines.append(f"directory, {row.source}: circuit {state}, {row.faults} faults in a row, last {last}")
    return lines, is_bad
