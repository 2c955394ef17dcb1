"""`policy check` and `policy decide`: a promotions manager's tools, on files alone.

Errors go to standard error as FILE:LINE:COL: code: message. Exit status: `check` 1 where anything is wrong;
`decide` 2 where the input is bad, else 0 whatever the outcome. Must not need the database.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NoReturn, TypeVar

import click

from store_api.policy.check import check_together, check_version
from store_api.policy.decide import Decision, decide, decision_to_json
from store_api.policy.document import LANGUAGES, read_policy_file
from store_api.policy.errors import ErrorList, Place, PolicyError, PolicyErrors, Refused, fail, shown
from store_api.policy.facts import Catalogue, load_catalogue, read_fact_nodes
from store_api.policy.model import Policy, PolicyVersion
from store_api.policy.nodes import MapNode, Node, read_file_text, read_tree
from store_api.policy.sheet import make_sheet
from store_api.policy.values import Value, read_date

T = TypeVar("T")

CHECK_FAILED = 1
BAD_INPUT = 2

_catalogues = click.option(
    "--catalogue",
    "catalogues",
    multiple=True,
    metavar="FILE",
    help="Facts and claims of your own; may be repeated.",
)


@click.group()
def policy() -> None:
    """Check policy files and try them on facts."""


@policy.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_catalogues
def check(files: tuple[str, ...], catalogues: tuple[str, ...]) -> None:
    """Check form, types, sentences and the documents' own examples."""
    try:
        catalogue = load_catalogue(*_paths(catalogues))
        versions = _each(files, lambda file: _checked(file, catalogue))
        check_together(versions)
    except PolicyErrors as failed:
        _leave(failed, CHECK_FAILED)
    for version, file in zip(versions, files, strict=True):
        terms, examples = _counted(len(version.terms), "term"), _counted(len(version.examples), "example")
        click.echo(f"{file}: {version.policy} version {version.version}: {terms}, {examples}: all well.")


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _checked(file: str, catalogue: Catalogue) -> PolicyVersion:
    version = read_policy_file(file, catalogue)
    check_version(version, catalogue)
    return version


@policy.command(name="decide")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--facts", required=True, metavar="FACTS", help="YAML or JSON file: a mapping from fact to value."
)
@click.option("--on", required=True, metavar="DATE", help="The day of the decision, such as 2026-11-21.")
@click.option("--waive", multiple=True, metavar="TERM", help="Take a term as waived; may be repeated.")
@click.option("--lang", default="en", show_default=True, metavar="LANG", help="Language of the sentences.")
@click.option("--ends", metavar="DATE", help="The last day of the voucher or campaign.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON instead of the sheet.")
@_catalogues
def decide_command(
    files: tuple[str, ...],
    facts: str,
    on: str,
    waive: tuple[str, ...],
    lang: str,
    ends: str | None,
    as_json: bool,
    catalogues: tuple[str, ...],
) -> None:
    """Decide on facts, and print the terms sheet."""
    try:
        asked = _Asked(files, facts, on, waive, lang, ends, catalogues)
        click.echo(asked.answer_as_json() if as_json else asked.answer_as_sheet())
    except PolicyErrors as failed:
        _leave(failed, BAD_INPUT)


@dataclass(frozen=True)
class _Asked:
    files: tuple[str, ...]
    facts: str
    on: str
    waive: tuple[str, ...]
    lang: str
    ends: str | None
    catalogues: tuple[str, ...]

    def answer_as_json(self) -> str:
        catalogue, decision = self._decided()
        return json.dumps(decision_to_json(decision, self.lang, catalogue), indent=2, ensure_ascii=False)

    def answer_as_sheet(self) -> str:
        catalogue, decision = self._decided()
        return make_sheet(decision, catalogue, self.lang).plain()

    def _decided(self) -> tuple[Catalogue, Decision]:
        on, ends = self._options()
        catalogue = load_catalogue(*_paths(self.catalogues))
        versions = _each(self.files, lambda file: read_policy_file(file, catalogue))
        policy = Policy(tuple(versions))
        facts, tree = _read_facts(self.facts, catalogue)
        try:
            return catalogue, decide(policy, catalogue, facts, on, frozenset(self.waive), ends)
        except PolicyErrors as failed:
            raise PolicyErrors(_placed(error, self.facts, tree) for error in failed.errors) from None

    def _options(self) -> tuple[date, date | None]:
        errors = ErrorList()
        on = _day("--on", self.on, errors)
        ends = _day("--ends", self.ends, errors) if self.ends is not None else None
        if self.lang not in LANGUAGES:
            message = f"one of: {', '.join(LANGUAGES)}; not {shown(self.lang)}"
            errors.add(Place("--lang"), "language.unknown", message)
        errors.raise_if_any()
        assert on is not None
        return on, ends


def _read_facts(file: str, catalogue: Catalogue) -> tuple[dict[str, Value], Node]:
    tree = read_tree(read_file_text(file), file)
    errors = ErrorList()
    facts = read_fact_nodes(tree, catalogue, errors)
    errors.raise_if_any()
    return facts, tree


def _placed(error: PolicyError, facts_file: str, tree: Node) -> PolicyError:
    """What `decide` found in arguments without a place of their own."""
    if error.file == "<waivers>":
        return PolicyError("--waive", 1, 1, error.code, error.message)
    if error.file == "<facts>" and isinstance(tree, MapNode):
        return PolicyError(facts_file, tree.place.line, tree.place.column, error.code, error.message)
    return error


def _day(option: str, text: str, errors: ErrorList) -> date | None:
    try:
        return read_date(text)
    except Refused as refused:
        errors.add_refused(Place(option), refused)
        return None


def _paths(files: Sequence[str]) -> list[str]:
    # A file name with a line break would be taken for a catalogue's text.
    for file in files:
        if "\n" in file:
            fail(Place("--catalogue"), "file.unreadable", "a file name has no line break")
    return list(files)


def _each(files: Sequence[str], read: Callable[[str], T]) -> list[T]:
    """Read every file, and tell the faults of all of them at once."""
    results: list[T] = []
    errors: list[PolicyError] = []
    for file in files:
        try:
            results.append(read(file))
        except PolicyErrors as failed:
            errors.extend(failed.errors)
    if errors:
        raise PolicyErrors(errors)
    return results


def _leave(failed: PolicyErrors, status: int) -> NoReturn:
    click.echo(str(failed), err=True)
    sys.exit(status)
