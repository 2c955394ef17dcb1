"""`voucher issue|import|export` and `campaign begin|pause|resume|end|show`: series of vouchers at a terminal.

What it is for: files of any size, with progress, going on where an earlier run stopped.
What it must not know: rules; every command calls the service.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import click
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from store_api.app import wall_clock
from store_api.campaigns import service
from store_api.campaigns.service import BadFile, FileJob, Open
from store_api.contract import CampaignRequest, CampaignState, VoucherVoidReason
from store_api.db import Database
from store_api.errors import ApiError, Invalid
from store_api.operating import OPERATOR, opened_database, settings_or_exit
from store_api.problem_words import WORDS
from store_api.settings import Settings
from store_api.vouchers import service as vouchers
from store_api.work import Work

REFUSED_PAGE = 1_000
FORMATS = click.Choice(["csv", "json_lines"])


@click.group()
def campaign() -> None:
    """Begin, pause and end series of vouchers."""


@campaign.command("begin")
@click.argument("name")
@click.option("--policy", required=True, help="The policy of its vouchers.")
@click.option("--amount", help="What one is worth, such as '20.00 USD'; the policy's own if not given.")
@click.option("--uses-each", type=int, default=1, help="How often one voucher may be used.")
@click.option("--starts-on", type=click.DateTime(["%Y-%m-%d"]), help="First day of its vouchers.")
@click.option("--ends-on", type=click.DateTime(["%Y-%m-%d"]), help="Last day of its vouchers.")
@click.option("--budget", help="What may be used in all, such as '50000.00 USD'.")
@click.option("--budget-uses", type=int, help="How many uses in all.")
@click.option("--limit", "limits", multiple=True, help="Such as account:month:2; may be repeated.")
def begin_command(name: str, **given: Any) -> None:
    """Begin the campaign NAME."""
    with _work() as work:
        row = service.begin(work, _request(name, given))
        click.echo(service.show(work, row).model_dump_json(indent=2))


@campaign.command("show")
def show_command() -> None:
    """Show every campaign as it stands."""
    with _work() as work:
        for row in service.find_all(work.session):
            click.echo(service.show(work, row).model_dump_json())


@campaign.command("pause")
@click.argument("name")
def pause_command(name: str) -> None:
    """Stop its vouchers from being used, until it goes on."""
    _change(name, "paused")


@campaign.command("resume")
@click.argument("name")
def resume_command(name: str) -> None:
    """Let a paused campaign go on."""
    _change(name, "active")


@campaign.command("end")
@click.argument("name")
def end_command(name: str) -> None:
    """Issue no more of its vouchers; those that are out are honoured."""
    _change(name, "ended")


@click.group()
def voucher() -> None:
    """Issue vouchers, and read and write files of them."""


@voucher.command("issue")
@click.option("--campaign", "name", required=True, help="The campaign that they belong to.")
@click.option("--accounts", type=click.Path(exists=True, path_type=Path), help="One account a line.")
@click.option("--lines", type=click.Path(exists=True, path_type=Path), help="One telephone number a line.")
@click.option("--bearers", type=click.IntRange(1, 10_000_000), help="So many, for whoever has the code.")
@click.option("--codes", type=click.Path(path_type=Path), help="Where the codes of bearers are written.")
def issue_command(
    name: str, accounts: Path | None, lines: Path | None, bearers: int | None, codes: Path | None
) -> None:
    """Issue vouchers: to accounts, to lines, or to bearers. Started again after a crash it goes on."""
    if sum(way is not None for way in (accounts, lines, bearers)) != 1 or (bearers is None) != (
        codes is None
    ):
        raise click.UsageError("name one of --accounts, --lines, or --bearers with --codes")
    if bearers is not None and codes is not None:
        # The file of codes names the series: the same file and number again is the same job.
        digest = hashlib.sha256(f"{codes.resolve()}\n{bearers}".encode()).hexdigest()
        with _running(bearers) as (opened, show):
            job = service.issue_bearers(opened, name, digest, bearers, codes, show)
            _tell(opened, job, None)
        return
    path, column = (accounts, "account") if accounts is not None else (lines, "line")
    assert path is not None
    kind: Any = "accounts" if column == "account" else "lines"
    with _running(_count_lines(path)) as (opened, show):
        rows = service.list_rows(service.lines_of_file(path), column)
        job = service.import_file(opened, name, kind, service.digest_of_file(path), rows, show)
        _tell(opened, job, path)


@voucher.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--campaign", "name", required=True, help="The campaign that they belong to.")
@click.option("--format", "form", type=FORMATS, help="By the file's name if not given.")
def import_command(path: Path, name: str, form: service.Format | None) -> None:
    """Make vouchers from the file PATH. The same file again makes nothing; after a crash it goes on."""
    form = form or ("csv" if path.suffix.lower() in (".csv", ".txt", ".tsv") else "json_lines")
    with _running(_count_lines(path)) as (opened, show):
        rows = service.read_rows(service.lines_of_file(path), form)
        job = service.import_file(opened, name, "import", service.digest_of_file(path), rows, show)
        _tell(opened, job, path)


@voucher.command("export")
@click.option("--campaign", "name", help="Those of one campaign; all if not given.")
@click.option("--format", "form", type=FORMATS, default="csv", help="What to write.")
def export_command(name: str | None, form: service.Format) -> None:
    """Write every voucher with its state and balance to standard output."""
    with opened_database(settings_or_exit()) as database:
        for piece in service.tell(database.reading, name, wall_clock().date(), form):
            sys.stdout.write(piece)


@voucher.command("withdraw")
@click.option("--code", prompt=True, hide_input=True, help="Its code; asked for if not given.")
@click.option("--reason", type=click.Choice(get_args(VoucherVoidReason)), default="other", help="Why.")
def withdraw_command(code: str, reason: VoucherVoidReason) -> None:
    """Make a voucher void, by its code. It cannot be used any more, and does not come back."""
    with _work() as work:
        read = vouchers.read_code(code)
        key = vouchers.find_by_code(work.session, work.settings.keys, read.code) if read.code else None
        if key is None:
            raise click.ClickException("no voucher has this code. Nothing was changed.")
        done = vouchers.withdraw(work, key, reason)
        click.echo("The voucher is void." if done else "The voucher was void before.")


def _change(name: str, state: CampaignState) -> None:
    with _work() as work:
        row = service.change(work, name, state)
        click.echo(f"{row.campaign_id}: {row.state}")


def _request(name: str, given: dict[str, Any]) -> CampaignRequest:
    limits = [dict(zip(("per", "period", "uses"), text.split(":"), strict=False)) for text in given["limits"]]
    try:
        return CampaignRequest.model_validate(
            {
                "campaign_id": name,
                "policy": given["policy"],
                "amount": _money(given["amount"]),
                "uses_each": given["uses_each"],
                "starts_on": given["starts_on"].date() if given["starts_on"] else None,
                "ends_on": given["ends_on"].date() if given["ends_on"] else None,
                "budget": _money(given["budget"]),
                "budget_uses": given["budget_uses"],
                "limits": limits,
            }
        )
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        raise click.ClickException(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None


def _money(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    amount, _, currency = text.partition(" ")
    return {"amount": amount, "currency": currency}


@contextmanager
def _work() -> Iterator[Work]:
    settings = settings_or_exit()
    with opened_database(settings) as database, _told_faults(), _transaction(database, settings) as work:
        yield work


@contextmanager
def _transaction(database: Database, settings: Settings) -> Iterator[Work]:
    with database.transaction() as session:
        yield Work(session, wall_clock(), OPERATOR, settings)


@contextmanager
def _running(rows: int) -> Iterator[tuple[Open, Any]]:
    """A way to open transactions, and a way to show how far a job is."""
    settings = settings_or_exit()
    columns = (TextColumn("{task.description}"), TaskProgressColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True))
    with opened_database(settings) as database, _told_faults(), bar:
        task = bar.add_task("Vouchers", total=rows)

        def show(job: FileJob) -> None:
            bar.update(task, completed=job.rows_done, description=f"{job.rows_made} made")

        yield (lambda: _transaction(database, settings)), show


@contextmanager
def _told_faults() -> Iterator[None]:
    """What stops a command, in one line."""
    try:
        yield
    except BadFile as error:
        raise click.ClickException(f"the file cannot be read: {error.reason}. Nothing was made.") from None
    except Invalid as error:
        told = "; ".join(f"{each.pointer.strip('/')}: {each.detail}" for each in error.errors)
        raise click.ClickException(told) from None
    except ApiError as error:
        words = WORDS.get(error.code) or WORDS[type(error).code]
        raise click.ClickException(words["en"]) from None


def _tell(opened: Open, job: FileJob, path: Path | None) -> None:
    """How a job ended; the report of its refused rows stands beside the file."""
    click.echo(f"{job.rows_made} vouchers made, {job.rows_refused} rows refused.")
    if path is None or not job.rows_refused:
        return
    report = path.with_name(f"{path.name}.refused.csv")
    with report.open("w", newline="") as written:
        out = csv.writer(written)
        out.writerow(("line", "column", "reason"))
        after = 0
        while True:
            with opened() as work:
                page = service.refused_rows(work.session, job.job_id, after, REFUSED_PAGE)
            out.writerows((each.line, each.column or "", each.reason) for each in page)
            if len(page) < REFUSED_PAGE:
                break
            after = page[-1].line
    click.echo(f"Why is in {report}.")


def _count_lines(path: Path) -> int:
    with path.open("rb") as opened:
        return max(1, sum(1 for _ in opened))
