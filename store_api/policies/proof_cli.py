"""`policy prove`, `compare`, `new`, `test` and `schema`: what an author of policies needs, on files alone.

Exit status: `prove` 1 where a law fails, is not proved, or nobody can be eligible (a term that is never the
only reason is a warning); `test` 1 where an example fails; 2 where a file is bad. The solver is loaded by
`prove` and `compare` alone. Must not need the database.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from store_api.policies.cli import BAD_INPUT, CHECK_FAILED, _catalogues, _each, _leave, _paths, policy
from store_api.policy.document import LANGUAGES, read_policy_file
from store_api.policy.errors import PolicyErrors
from store_api.policy.facts import Catalogue, load_catalogue
from store_api.policy.model import PolicyVersion
from store_api.policy.proof_words import ProofWords
from store_api.policy.starter import starter
from store_api.policy.trial import tried

__all__ = ["policy"]

_language = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the sentences."
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _read(files: tuple[str, ...], catalogues: tuple[str, ...]) -> tuple[Catalogue, list[PolicyVersion]]:
    try:
        catalogue = load_catalogue(*_paths(catalogues))
        return catalogue, _each(files, lambda file: read_policy_file(file, catalogue))
    except PolicyErrors as failed:
        _leave(failed, BAD_INPUT)


def _print_json(content: Any) -> None:
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))


@policy.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_catalogues
@_language
@_as_json
def prove(files: tuple[str, ...], catalogues: tuple[str, ...], lang: str, as_json: bool) -> None:
    """Prove the laws of each policy, or show the customers who break them."""
    from store_api.policy.prove import prove as prove_version

    catalogue, versions = _read(files, catalogues)
    told = ProofWords(catalogue, lang)
    results = [(version, prove_version(version, catalogue)) for version in versions]
    if as_json:
        _print_json(
            [
                {
                    "policy": version.policy,
                    "version": version.version,
                    "findings": [one.to_json() for one in found],
                }
                for version, found in results
            ]
        )
    else:
        for version, found in results:
            click.echo(f"{version.place.file}: {version.policy} {version.version}")
            for line in (line for finding in found for line in told.finding(version, finding)):
                click.echo(f"  {line}")
    sys.exit(int(any(finding.holds_up for _, found in results for finding in found)))


@policy.command()
@click.argument("old")
@click.argument("new")
@_catalogues
@_language
@_as_json
def compare(old: str, new: str, catalogues: tuple[str, ...], lang: str, as_json: bool) -> None:
    """Tell what changed from OLD to NEW, who loses by it and who gains."""
    from store_api.policy.compare import compare as compare_versions

    catalogue, (before, after) = _read((old, new), catalogues)
    compared, told = compare_versions(before, after, catalogue), ProofWords(catalogue, lang)
    if not as_json:
        click.echo("\n".join(told.comparison(compared)))
        return
    terms = [
        {"term": change.term, "change": change.kind, "says": told.term_change(change)}
        for change in compared.terms
    ]
    sides = {
        affected.side: {
            "verdict": affected.verdict,
            "why": affected.why,
            "customer": affected.customer.to_json() if affected.customer is not None else None,
        }
        for affected in (compared.loses, compared.gains)
    }
    _print_json({"terms": terms, "fields": list(compared.fields), **sides})


@policy.command()
def new() -> None:
    """Print a commented policy to start from."""
    click.echo(starter(), nl=False)


@policy.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_catalogues
def test(files: tuple[str, ...], catalogues: tuple[str, ...]) -> None:
    """Run the examples of each policy and print a table."""
    catalogue, versions = _read(files, catalogues)
    rows = [row for version in versions for row in tried(version, catalogue)]
    for row in rows:
        mark = "FAILS" if row.faults else "ok"
        click.echo(f"{mark:<6} {row.policy:<28} {row.outcome:<13} {row.amount:>12}  {row.name}")
        for fault in row.faults:
            click.echo(f"       {fault}")
    failed = sum(1 for row in rows if row.faults)
    click.echo(f"{len(rows)} examples, {failed} failed.")
    sys.exit(CHECK_FAILED if failed else 0)


@policy.command()
@_catalogues
def schema(catalogues: tuple[str, ...]) -> None:
    """Print a JSON Schema of policy documents, for editors."""
    from store_api.policy.schema import document_schema

    try:
        _print_json(document_schema(load_catalogue(*_paths(catalogues))))
    except PolicyErrors as failed:
        _leave(failed, BAD_INPUT)
