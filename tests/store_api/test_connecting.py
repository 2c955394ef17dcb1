"""The courier of a running service, and the commands that connect other systems."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from store_api.app import begin, close_app, create_app
from store_api.cli import cli
from store_api.connecting import Courier
from store_api.db import Database
from tests.store_api.clients import Client
from tests.store_api.conftest import Template
from tests.store_api.factories import FakeClock, World, make_settings
from tests.store_api.story import body_of
from tests.store_api.webhooks.conftest import subscribe
from tests.store_api.webhooks.receiver import receiving

KEYS = "k1:" + "a" * 43 + "="


def run(url: str, *arguments: str) -> Result:
    """A command with the settings for a database."""
    environment = {"SAMETERMS_DATABASE_URL": url, "SAMETERMS_KEYS": KEYS}
    environment["SAMETERMS_WEBHOOK_PRIVATE_ADDRESSES"] = "true"
    return CliRunner().invoke(cli, arguments, env=environment)


def close_a_visit(kiosk: Client) -> None:
    visit_id = body_of(kiosk.post("/v1/visits", {}))["visit_id"]
    body_of(kiosk.post(f"/v1/visits/{visit_id}/close", {"outcome": "left"}))


def test_a_running_service_sends_by_itself_as_soon_as_something_happened(
    database_url: str, database: Database, world: World
) -> None:
    settings = make_settings(database_url, webhook_private_addresses=True)
    app = create_app(settings, database=database)
    with receiving() as receiver:
        subscribe(Client(app, world.partner), receiver.url)
        begin(app)
        close_a_visit(Client(app, world.kiosk))
        deadline = time.monotonic() + 20
        while not receiver.got and time.monotonic() < deadline:
            time.sleep(0.02)
        close_app(app)
        assert len(receiver.got) == 1


def test_a_process_that_is_told_to_send_nothing_starts_nothing(database_url: str, database: Database) -> None:
    app = create_app(make_settings(database_url, webhook_senders=0), database=database)
    begin(app)
    assert app.extensions["closers"] == []
    close_app(app)


def test_the_courier_does_everything_that_is_due_and_ends(
    database_url: str, database: Database, world: World, clock: FakeClock
) -> None:
    settings = make_settings(database_url, webhook_private_addresses=True)
    app = create_app(settings, database=database, clock=clock)
    courier = Courier(database, settings, clock)
    with receiving() as receiver:
        subscribe(Client(app, world.partner), receiver.url)
        for _ in range(9):
            close_a_visit(Client(app, world.kiosk))
        assert courier.run_once() == 9
        assert len({got.headers["webhook-id"] for got in receiver.got}) == 9
        assert courier.run_once() == 0
    courier.close()


def test_partners_are_added_and_taken_away_and_reports_are_written(
    template: Template, database_url: str, tmp_path: Path
) -> None:
    added = run(database_url, "partner", "add", "--name", "billing")
    partner_id, token = added.output.split()
    assert (added.exit_code, token.startswith("partner_")) == (0, True)
    assert run(database_url, "partner", "revoke", partner_id).exit_code == 0
    assert run(database_url, "partner", "add", "--name", "x", "--store", "nowhere").exit_code == 1
    report = tmp_path / "differences.csv"
    compared = run(database_url, "reconcile", "--day", "2026-11-21", "--csv", str(report))
    assert (compared.exit_code, "No difference." in compared.output) == (0, True)
    assert report.read_text().startswith("store_id,day,kind")
    ledger = run(
        database_url, "ledger", "export", "--from", "2026-11-01", "--to", "2026-11-30", "--form", "jsonl"
    )
    assert (ledger.exit_code, ledger.output.startswith('{"entry_id": "end", "kind": "0"')) == (0, True)
    sent = run(database_url, "webhooks", "deliver")
    assert (sent.exit_code, sent.output) == (0, "0 webhooks were sent.\n")


@pytest.mark.parametrize("arguments", [("partner", "revoke", "par_unknown"), ("reconcile", "--day", "today")])
def test_a_command_that_cannot_be_done_says_so(database_url: str, arguments: tuple[str, ...]) -> None:
    refused = run(database_url, *arguments)
    assert refused.exit_code != 0
    assert "Traceback" not in refused.output
