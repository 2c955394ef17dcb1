"""Connecting the carrier's other systems: what runs in the background for them, and the commands for it.

What it is for: the courier, which hands events on, sends webhooks and messages, and posts credits and chases
them; and `webhooks deliver`, `partner add|revoke`, `reconcile`, `ledger export`.
What it must not know: rules; everything is done by a feature's service.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TextIO

import click

from store_api import outbox
from store_api.accounts import service as accounts
from store_api.background import Step
from store_api.billing import service as billing
from store_api.billing.opening import open_billing
from store_api.contract import Difference, Money, Reconciliation
from store_api.csv_cells import text_cell, write_row
from store_api.db import Database
from store_api.ledger.service import Form, write_ledger
from store_api.logs import log_failure
from store_api.messages import service as messages
from store_api.partners import service as partners
from store_api.reconciliations.service import reconcile as reconcile_day
from store_api.settings import Settings
from store_api.webhooks import service as webhooks
from store_api.webhooks.deliverer import Clock, Deliverer

FOLLOWERS: Sequence[outbox.Follower] = (webhooks.spread, billing.follow)
"""Who takes events over from the outbox."""
LAST_MOMENT = 3.0
"""Seconds that the end of a process waits for requests that are under way."""
TIDY_EVERY = dt.timedelta(hours=6)
DIFFERENCE_COLUMNS = (
    "store_id", "day", "kind", "order_id", "redemption_id", "voucher_id", "till_reference", "redeemed",
    "captured", "billed",
)  # fmt: skip


class Courier:
    """Carries what happened to the carrier's other systems: a few requests at once, none in a transaction.

    `ring` is called when a request is over, so that whoever waits looks for the next.
    """

    def __init__(
        self, database: Database, settings: Settings, clock: Clock, ring: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._clock = clock
        self._ring = ring
        self._most = max(1, settings.webhook_senders)
        self._deliverer = Deliverer(database, settings, clock)
        self._billing = open_billing(settings)
        self._pool = ThreadPoolExecutor(self._most + 2, thread_name_prefix="courier")
        self._sending: set[Future[None]] = set()
        self._posting: Future[int] | None = None
        self._keys = settings.keys
        self._messages = messages.open_sender(settings, sys.stdout)
        self._telling: Future[int] | None = None
        self._tidied: dt.datetime | None = None

    def steps(self) -> Sequence[Step]:
        """What is to be done again and again."""
        return (self.hand_on, self.send, self.post, self.tell_lines, self.tidy)

    def hand_on(self) -> int:
        """Hand the next events from the outbox to those who follow it."""
        return outbox.hand_on(self._database, FOLLOWERS, self._clock())

    def send(self) -> int:
        """Begin to send as many webhooks as there is room for; how many were begun."""
        self._sending = {each for each in self._sending if not each.done()}
        begun = self._deliverer.deliver_due(self._pool, self._most - len(self._sending))
        for each in begun:
            each.add_done_callback(self._finish)
        self._sending.update(begun)
        return len(begun)

    def post(self) -> int:
        """Begin to post and look up credits, unless that is still under way; 1 if it was found to do."""
        port = self._billing
        if port is None or (self._posting is not None and not self._posting.done()):
            return 0
        self._posting = self._pool.submit(billing.step, self._database, port, self._clock())
        self._posting.add_done_callback(self._finish)
        return 0

    def tell_lines(self) -> int:
        """Begin to send messages to lines, unless that is still under way; 1 if it was found to do."""
        sender = self._messages
        if sender is None or (self._telling is not None and not self._telling.done()):
            return 0
        self._telling = self._pool.submit(messages.step, self._database, self._keys, sender, self._clock())
        self._telling.add_done_callback(self._finish)
        return 0

    def tidy(self) -> int:
        """Delete, a few times a day, what is no longer kept."""
        now = self._clock()
        if self._tidied is not None and now - self._tidied < TIDY_EVERY:
            return 0
        self._tidied = now
        with self._database.transaction() as session:
            webhooks.forget_old(session, now)
            accounts.forget_old_codes(session, now)
        return outbox.forget_old(self._database, now)

    def run_once(self) -> int:
        """Do everything that is due now and wait for it; how many webhooks were sent."""
        sent = 0
        while self.hand_on():
            pass
        while begun := self.send():
            sent += begun
            wait(self._sending)
        if self._billing is not None:
            while billing.step(self._database, self._billing, self._clock()):
                pass
        if self._messages is not None:
            while messages.step(self._database, self._keys, self._messages, self._clock()):
                pass
        return sent

    def close(self) -> None:
        """Begin nothing more, and wait a moment for what is being sent.

        What is still under way then is recorded if it ends in time, else sent again under the same id.
        """
        wait(self._sending, timeout=LAST_MOMENT)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _finish(self, done: Future[None] | Future[int]) -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None:
            log_failure(error)
            return
        if not done.cancelled() and done.result() != 0:
            self._ring()


# --- Commands --------------------------------------------------------------------------------------------


@click.group()
def webhooks_group() -> None:
    """Look after webhooks."""


@webhooks_group.command("deliver")
def deliver() -> None:
    """Hand on, send and post everything that is due now; for a machine on which no service runs."""
    from store_api.app import wall_clock
    from store_api.operating import opened_database, settings_or_exit

    settings = settings_or_exit()
    with opened_database(settings) as database:
        courier = Courier(database, settings, wall_clock)
        try:
            sent = courier.run_once()
        finally:
            courier.close()
    click.echo(f"{sent} webhooks were sent.")


@click.group()
def partner() -> None:
    """Look after partners: other systems with a token of their own."""


@partner.command("add")
@click.option("--name", required=True, help="Name of the system, for the log.")
@click.option("--store", help="Identifier of its store; without it, it hears of and reads every store.")
def add_partner(name: str, store: str | None) -> None:
    """Add a partner and print its identifier and its token; the token is shown this once."""
    from store_api.operating import operator_work

    with operator_work() as work:
        partner_id, token = partners.add_partner(work, name, store)
        click.echo(f"{partner_id} {token}")


@partner.command("revoke")
@click.argument("partner_id")
def revoke_partner(partner_id: str) -> None:
    """End a partner's token at once."""
    from store_api.operating import operator_work

    with operator_work() as work:
        partners.revoke_partner(work, partner_id)


@click.command()
@click.option("--day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day in each store's own zone.")
@click.option("--store", help="Identifier of one store.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Every difference.")
def reconcile(day: dt.datetime, store: str | None, csv_file: Path | None) -> None:
    """Say what was redeemed, captured and billed on a day; exit status 1 where they do not agree."""
    from store_api.operating import operator_work

    with operator_work() as work:
        found = reconcile_day(work.session, day.date(), store, bool(work.settings.billing))
    for each in found:
        click.echo("\n".join(_lines(each)))
    if csv_file is not None:
        csv_file.write_text(_as_csv(found), encoding="utf-8", newline="")
    sys.exit(1 if any(each.differences for each in found) else 0)


@click.group()
def ledger() -> None:
    """Read the vouchers' ledger."""


@ledger.command("export")
@click.option("--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day, in UTC.")
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day, in UTC.")
@click.option("--form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=False), default="-", help="A file.")
def export_ledger(first: dt.datetime, last: dt.datetime, form: Form, output: TextIO) -> None:
    """Write every movement of a range of days, their sums and a digest."""
    from store_api.operating import opened_database, settings_or_exit

    with opened_database(settings_or_exit()) as database, database.reading() as session:
        for line in write_ledger(session, first.date(), last.date(), form):
            output.write(line)


def _lines(found: Reconciliation) -> list[str]:
    """A store's day for people."""
    lines = [f"{found.store_id}, {found.day}, {found.zone}"]
    for sums in found.amounts:
        billed = f", billed {_say(sums.billed)}" if found.billing else ""
        lines.append(
            f"  redeemed {_say(sums.redeemed)} ({sums.redemptions}), "
            f"captured {_say(sums.captured)} ({sums.captures}){billed}"
        )
    for each in found.differences:
        names = [each.order_id, each.redemption_id, each.till_reference]
        lines.append(f"  {each.kind}: {', '.join(name for name in names if name)}")
    if not found.differences:
        lines.append("  No difference.")
    return lines


def _as_csv(found: Sequence[Reconciliation]) -> str:
    rows = [write_row(DIFFERENCE_COLUMNS)]
    rows += [write_row(_cells(each, one)) for each in found for one in each.differences]
    return "".join(rows)


def _cells(found: Reconciliation, each: Difference) -> list[str]:
    texts = [each.kind, each.order_id, each.redemption_id, each.voucher_id, each.till_reference]
    amounts = [each.redeemed, each.captured, each.billed]
    return [
        text_cell(found.store_id),
        found.day.isoformat(),
        *(text_cell(text) for text in texts),
        *(_say(amount) for amount in amounts),
    ]


def _say(amount: Money | None) -> str:
    return "" if amount is None else f"{amount.amount} {amount.currency}"
