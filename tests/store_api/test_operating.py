"""The operator's commands, and the server: it starts, answers, and ends cleanly."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from store_api.cli import cli
from store_api.db import Database
from store_api.footing import file_system, find_remarks
from store_api.writer_queue import WriterQueue
from tests.postgres import PostgresDatabases
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


@contextmanager
def running_server(database_url: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The server in a process of its own, and its port."""
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
        yield server, port
    finally:
        server.kill()
        server.communicate()


def test_the_server_answers_streams_and_ends_cleanly_whoever_stays_connected(
    database_url: str, template: Template
) -> None:
    with running_server(database_url) as (server, port):
        kept = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        kept.request("GET", "/healthz")
        kept.getresponse().read()
        silent = socket.create_connection(("127.0.0.1", port))
        stream = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        stream.request("GET", "/v1/events", headers={"Authorization": f"Bearer {template.world.kiosk}"})
        answer = stream.getresponse()
        assert answer.readline() == b"retry: 1000\n"
        server.send_signal(signal.SIGINT)
        assert answer.read() == b"\n"
        _, errors = server.communicate(timeout=60)
        assert (server.returncode, b"Traceback" in errors) == (0, False)
        for connection in (kept, silent, stream):
            connection.close()


def test_a_request_at_work_is_answered_when_the_server_is_stopped(
    database_url: str, template: Template
) -> None:
    queue = WriterQueue(Path(database_url.removeprefix("sqlite:///")), seconds=30)
    with running_server(database_url) as (server, port):
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {
            "Authorization": f"Bearer {template.world.kiosk}",
            "Idempotency-Key": "one",
            "Content-Type": "application/json",
        }
        with queue.turn():
            asking.request("POST", "/v1/visits", b'{"language": "en"}', headers)
            time.sleep(0.3)  # it waits in the line of writers
            server.send_signal(signal.SIGTERM)
            time.sleep(0.1)
        answer = asking.getresponse()
        assert (answer.status, b"visit_id" in answer.read()) == (201, True)
        asking.close()
        assert server.wait(60) == 0
    queue.close()


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
nas:/shops /srv/my\\040shop nfs4 rw 0 0
tmpfs /srv/my\\040shop/local tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/sameterms.db", "ext4"),
        ("/srv/my shop/sameterms.db", "nfs4"),
        ("/srv/my shop/local/sameterms.db", "tmpfs"),
        ("/srv/my shop 2/sameterms.db", "ext4"),
    ],
)
def test_the_file_system_under_a_database_is_known(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_a_journal_that_is_not_in_force_is_remarked_on(database_url: str) -> None:
    assert "Remark" not in run(database_url, "db", "check").output
    database = Database(database_url)
    path = database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    # As where a file system has no shared memory: what is asked for at each connection is not granted.
    database.reader = sa.create_engine(database_url)
    assert any("journal mode is delete" in remark for remark in find_remarks(database))
    database.close()


def test_a_postgresql_that_may_lose_what_it_acknowledged_is_remarked_on(
    postgres_databases: PostgresDatabases,
) -> None:
    url = postgres_databases.new()
    assert run(url, "db", "upgrade").exit_code == 0
    checked = run(url, "db", "check")
    # The server of the tests flushes nothing on purpose.
    assert "Remark: fsync is off: a power cut can destroy the database." in checked.output
    assert checked.exit_code == 0
