"""The operator's commands, and the server: it starts, answers, and ends cleanly."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from store_api.cli import cli
from tests.store_api.conftest import Template

BACKENDS = ("sqlite",)
ROOT = Path(__file__).parents[2]
KEYS = "k1:" + "a" * 43 + "="


def run(url: str, *arguments: str) -> Result:
    """A command with the settings for a database."""
    environment = {"SAMETERMS_DATABASE_URL": url, "SAMETERMS_KEYS": KEYS}
    return CliRunner().invoke(cli, arguments, env=environment)


def test_a_new_database_is_brought_up_to_date_and_found_sound(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/folder/new.db"
    before = run(url, "db", "check")
    assert (before.exit_code, "run db upgrade" in before.output) == (1, True)
    assert run(url, "db", "upgrade").exit_code == 0
    after = run(url, "db", "check")
    assert (after.exit_code, after.output.splitlines()[-1]) == (0, "No fault found.")
    assert "WAL, synchronous=FULL" in after.output


def test_a_device_and_a_member_of_staff_are_added_and_taken_away(database_url: str) -> None:
    enrolled = run(
        database_url, "device", "enrol", "--kind", "kiosk", "--store", "store-1", "--station", "counter-9"
    )
    device_id, token = enrolled.output.split()
    assert (enrolled.exit_code, token.startswith("device_")) == (0, True)
    assert run(database_url, "device", "revoke", device_id).exit_code == 0
    added = run(
        database_url, "staff", "add", "--number", "1009", "--name", "Robin", "--role", "rep",
        "--store", "store-1", "--pin", "7741",
    )  # fmt: skip
    assert added.exit_code == 0
    assert run(database_url, "staff", "unlock", "--number", "1009").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("device", "revoke", "dev_unknown"),
        ("staff", "unlock", "--number", "0"),
        ("device", "enrol", "--kind", "kiosk", "--store", "nowhere", "--station", "counter-9"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(database_url: str, arguments: tuple[str, ...]) -> None:
    result = run(database_url, *arguments)
    assert (result.exit_code, result.output) == (1, "Error: there is nothing by that name\n")


def test_a_database_that_cannot_be_reached_is_said_in_one_line() -> None:
    result = run("postgresql+psycopg://nobody@127.0.0.1:1/nothing", "db", "check")
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith("Error: the database cannot be used")
    assert "Traceback" not in result.output


def test_the_server_does_not_start_on_an_old_schema(tmp_path: Path) -> None:
    result = run(f"sqlite:///{tmp_path}/new.db", "serve")
    assert (result.exit_code, "db upgrade" in result.output) == (1, True)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_until_it_answers(port: int) -> None:
    """Ask for its health until the server answers."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
            return
        except ConnectionRefusedError:
            time.sleep(0.1)
        finally:
            connection.close()
    pytest.fail("the server did not start")


def test_the_server_answers_streams_and_ends_cleanly(database_url: str, template: Template) -> None:
    port = free_port()
    environment = os.environ | {
        "SAMETERMS_DATABASE_URL": database_url,
        "SAMETERMS_KEYS": KEYS,
        "SAMETERMS_PORT": str(port),
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "store_api", "serve"], cwd=ROOT, env=environment, stderr=subprocess.PIPE
    )
    try:
        wait_until_it_answers(port)
        stream = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        stream.request("GET", "/v1/events", headers={"Authorization": f"Bearer {template.world.kiosk}"})
        answer = stream.getresponse()
        assert answer.readline() == b"retry: 1000\n"
        server.send_signal(signal.SIGTERM)
        assert answer.read() == b"\n"
        stream.close()
        _, errors = server.communicate(timeout=60)
        assert (server.returncode, b"Traceback" in errors) == (0, False)
    finally:
        server.kill()
        server.communicate()
