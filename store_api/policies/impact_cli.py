"""`policy impact`: recorded decisions decided again under a policy file, with a progress bar.

What it is for: an author's look at who would get another answer, before anything is a draft. It reads the
database of the settings and changes nothing; the other commands of the group need none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

import click

from store_api.policies.cli import BAD_INPUT, _catalogues, _leave, _paths
from store_api.policies.proof_cli import policy
from store_api.policy.document import read_policy_file
from store_api.policy.errors import PolicyErrors
from store_api.policy.facts import Catalogue, load_catalogue
from store_api.policy.model import PolicyVersion

__all__ = ["policy"]

CHANGES = ("loses", "gains", "less", "more", "opens", "other")
TOLD = {
    "loses": "yes before, no now",
    "gains": "a yes now",
    "less": "a smaller amount",
    "more": "a larger amount",
    "opens": "yes before, a question now",
    "other": "another answer, but no yes",
}


@policy.command()
@click.argument("file")
@click.option("--days", type=click.IntRange(1, 730), default=90, show_default=True, help="How far back.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_catalogues
def impact(file: str, days: int, as_json: bool, catalogues: tuple[str, ...]) -> None:
    """Decide the recorded decisions of the last days again under FILE."""
    try:
        catalogue = load_catalogue(*_paths(catalogues))
        version = read_policy_file(file, catalogue)
    except PolicyErrors as failed:
        _leave(failed, BAD_INPUT)
    found = _measured(version, catalogue, days)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    click.echo("\n".join(_lines(json.loads(found.model_dump_json()))))


def _measured(version: PolicyVersion, catalogue: Catalogue, days: int) -> Any:
    """The impact, with a progress bar where somebody looks at it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from store_api.app import wall_clock
    from store_api.drafts.service import measure_file
    from store_api.operating import opened_database, settings_or_exit

    settings = settings_or_exit()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with opened_database(settings) as database, Progress(*columns, console=console) as progress:
        task = progress.add_task("decisions", total=None)
        for line in measure_file(database, version, catalogue, settings, days, wall_clock()):
            progress.update(task, completed=line.done, total=line.total)
            if line.impact is not None:
                return line.impact
    sys.exit(BAD_INPUT)


def _lines(found: dict[str, Any]) -> Iterable[str]:
    counts = found["counts"]
    yield f"{counts['decisions']} decisions since {found['since']}; {counts['same']} answers stay the same."
    if found["aside"]:
        yield f"{found['aside']} were refused for a reason outside the terms and are set aside."
    yield from (f"{counts[change]:>9}  {TOLD[change]}" for change in CHANGES if counts[change])
    for title, key, rows in (("By store", "name", found["stores"]), ("By term", "term", found["terms"])):
        shown = [(row[key], row.get("counts", row)) for row in rows]
        changed = [(name, each) for name, each in shown if any(each[change] for change in CHANGES)]
        if changed:
            yield f"{title}:"
        for name, each in changed:
            parts = ", ".join(f"{each[change]} {change}" for change in CHANGES if each[change])
            yield f"    {name}: {parts}"
    if found["unrecorded"]:
        yield f"Not in every record, so taken as not known: {', '.join(found['unrecorded'])}."
