"""Commands for whoever runs the service: the server, the database, staff and devices.

What it is for: `serve`, `db upgrade|check`, `staff add|unlock`, `device enrol|revoke`, `demo load|show`.
What it must not know: rules; every command calls a service inside one transaction.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa

from store_api import schema
from store_api.accounts import service as accounts
from store_api.app import create_database, wall_clock
from store_api.auth import Caller
from store_api.campaigns import service as campaigns
from store_api.copying import CannotCopy, copy, count_rows
from store_api.db import Database
from store_api.demo import service as demo_service
from store_api.demo_settings import with_demo_settings
from store_api.devices import service as devices
from store_api.errors import NotFound
from store_api.footing import find_remarks
from store_api.idempotency import forget_old_keys
from store_api.settings import BadSetting, Settings, read_settings
from store_api.staff import service as staff_service
from store_api.vouchers.service import ledger as voucher_ledger
from store_api.work import Work
from store_api.writer_queue import QueueTimeout

OPERATOR = Caller("public", "operator")
"""Who acts on the command line, as the log names them."""


def settings_or_exit() -> Settings:
    """The settings from the environment, or from the demo in this folder where no keys are set.

    A wrong one ends the command with its name.
    """
    try:
        return read_settings(with_demo_settings(os.environ, Path(".var")))
    except BadSetting as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """The database, closed afterwards; one that cannot be reached ends the command in one line."""
    database = create_database(settings)
    try:
        yield database
    except (sa.exc.OperationalError, sa.exc.TimeoutError, QueueTimeout) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise click.ClickException(f"the database cannot be used: {reason}") from None
    finally:
        database.close()


@contextmanager
def operator_work() -> Iterator[Work]:
    """One transaction of the operator's."""
    settings = settings_or_exit()
    with opened_database(settings) as database, database.transaction() as session:
        try:
            yield Work(session, wall_clock(), OPERATOR, settings)
        except NotFound:
            raise click.ClickException("there is nothing by that name") from None
        except ValueError as error:
            raise click.ClickException(str(error)) from None


@click.command("serve")
def serve_command() -> None:
    """Answer requests on SAMETERMS_HOST and SAMETERMS_PORT until stopped."""
    from store_api.serve import serve

    settings = settings_or_exit()
    with opened_database(settings) as database:
        with database.reading() as session:
            if not schema.is_current(session):
                raise click.ClickException(
                    "the schema is not up to date: run `python3 -m store_api db upgrade`"
                )
        with database.transaction() as session:
            forget_old_keys(session, wall_clock())
    serve(settings)


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to this version."""
    with opened_database(settings_or_exit()) as database:
        schema.upgrade(database)
        click.echo(f"Schema is at {schema.newest_revision()}. {database.describe()}.")


@db.command()
def check() -> None:
    """Say what the data stands on and whether schema and data are whole; exit status 1 if not."""
    with opened_database(settings_or_exit()) as database:
        click.echo(database.describe())
        for remark in find_remarks(database):
            click.echo(f"Remark: {remark}.")
        faults = [*schema.find_faults(database)]
        if not faults:
            with database.reading() as session:
                faults += [*voucher_ledger.find_faults(session), *campaigns.find_faults(session)]
    for fault in faults:
        click.echo(fault)
    click.echo("Faults were found." if faults else "No fault found.")
    sys.exit(1 if faults else 0)


@db.command("copy")
@click.option("--from", "source", required=True, metavar="URL", help="Where the data is; it is only read.")
@click.option("--to", "target", required=True, metavar="URL", help="An empty database.")
def copy_command(source: str, target: str) -> None:
    """Copy everything into an empty database, and verify it: all of it arrives, or nothing does.

    Stop the service first. The address of the target may be made with `createdb`; its tables are made here.
    """
    try:
        with opened_database(settings_or_exit().model_copy(update={"database_url": target})) as database:
            total = 2 * count_rows(source)
            with click.progressbar(length=total, label="Copying and verifying", file=sys.stderr) as bar:
                copied = copy(source, database, bar.update)
            click.echo(f"\nCopied to {database.describe()}.")
    except CannotCopy as reason:
        raise click.ClickException(f"{reason}. Nothing was copied.") from None
    click.echo(f"{'table':26}{'source':>10}{'target':>10}  digest of both")
    for each in copied:
        click.echo(f"{each.name:26}{each.source.rows:>10}{each.target.rows:>10}  {each.source.digest[:32]}")
    click.echo("Everything arrived. Set SAMETERMS_DATABASE_URL to the new address and start the service.")


@click.group()
def staff() -> None:
    """Look after the staff."""


@staff.command("add")
@click.option("--number", required=True, help="Staff number, typed to sign in.")
@click.option("--name", required=True, help="Name that customers and receipts see.")
@click.option("--role", type=click.Choice(["rep", "manager", "author", "region"]), required=True)
@click.option("--store", help="Identifier of the store; authors and regional managers have none.")
@click.password_option("--pin", help="Their own PIN; asked for if not given.")
def add_staff(number: str, name: str, role: staff_service.StaffRole, store: str | None, pin: str) -> None:
    """Add a member of staff."""
    with operator_work() as work:
        click.echo(staff_service.add_staff(work, number, name, role, store, pin))


@staff.command("unlock")
@click.option("--number", required=True, help="Staff number.")
def unlock_staff(number: str) -> None:
    """Open a PIN that too many wrong tries closed."""
    with operator_work() as work:
        staff_service.unlock_staff(work, number)


@click.group()
def device() -> None:
    """Look after kiosks, tablets, tills and desks."""


@device.command("enrol")
@click.option("--kind", type=click.Choice(["kiosk", "tablet", "till", "desk"]), required=True)
@click.option("--store", help="Identifier of the store; a desk has none.")
@click.option("--station", required=True, help="Name of the counter where it stands.")
@click.option("--owner", help="Staff number of whoever owns it; nobody else signs in on it.")
def enrol_device(kind: devices.DeviceKind, store: str | None, station: str, owner: str | None) -> None:
    """Add a device and print its identifier and its token; the token is shown this once."""
    with operator_work() as work:
        owner_id = staff_service.find_id(work, owner) if owner is not None else None
        device_id, token = devices.enrol_device(work, kind, store, station, owner_id=owner_id)
        click.echo(f"{device_id} {token}")


@device.command("unlock")
@click.argument("device_id", required=False)
@click.option("--everywhere", is_flag=True, help="Open what the wrong tries of all devices together closed.")
def unlock_device(device_id: str | None, everywhere: bool) -> None:
    """Open PINs and one-time codes at a device where too many wrong tries closed them."""
    if (device_id is None) is not everywhere:
        raise click.UsageError("name a device, or say --everywhere")
    with operator_work() as work:
        if device_id is None:
            accounts.open_fleet(work)
        else:
            accounts.open_device(work, device_id)


@device.command("revoke")
@click.argument("device_id")
def revoke_device(device_id: str) -> None:
    """End a device's token at once."""
    with operator_work() as work:
        devices.revoke_device(work, device_id)


@click.group()
def demo() -> None:
    """Load the demo, and show who is in it."""


@demo.command("load")
def load_demo_command() -> None:
    """Put the demo's stores, people, vouchers and policies into the database; once is enough."""
    settings = settings_or_exit()
    with opened_database(settings) as database:
        loaded = demo_service.load_demo(database, settings, wall_clock().date())
    click.echo("The demo is loaded." if loaded else "The demo was there already.")


@demo.command("show")
@click.option("--json", "as_json", is_flag=True, help="Everything, tokens included, as JSON.")
def show_demo_command(as_json: bool) -> None:
    """Print the demo's people, numbers, PINs and voucher codes."""
    settings = settings_or_exit()
    if as_json:
        click.echo(json.dumps(demo_service.demo_people(settings), indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(demo_service.demo_lines(settings)))
