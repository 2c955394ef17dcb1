"""A disk that is really full: PostgreSQL's tables on a small file system of their own, without a free block.

Long form: it needs the right to mount, which a container seldom has; where it is missing the test says so.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from tests.faults.serving import Service
from tests.faults.stock import Ready, Stock, make_stock
from tests.postgres import PostgresServer

MEGABYTES, ORDERS, ENOUGH = 128, 600, 20
"""The disk, what is to be confirmed, and refusals after which it was seen."""


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes for the server's account. Skips where mounting is not allowed."""
    folder = Path(tempfile.mkdtemp(prefix="sameterms-disk-"))  # where that account may come, too
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    options = f"size={MEGABYTES}m,mode=0700,uid={owner.pw_uid},gid={owner.pw_gid}"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    asked = subprocess.run(command, check=False, capture_output=True, text=True)
    if asked.returncode != 0:
        folder.rmdir()
        pytest.skip(f"a file system cannot be mounted here: {asked.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Every block of the disk is taken by something else."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    yield
    filler.unlink()


def database_on(server: PostgresServer, disk: Path) -> str:
    """A database whose tables and indexes lie on the disk."""
    address = make_url(server.url)
    plain = address.set(drivername="postgresql").render_as_string()
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{disk}'".encode())
        connection.execute("CREATE DATABASE full_disk TEMPLATE template0 TABLESPACE small")
    return address.set(database="full_disk").render_as_string(hide_password=False)


def confirm(http: httpx.Client, stock: Stock, ready: Ready) -> httpx.Response:
    """The rep confirms an order, always under the same key."""
    headers = {"Authorization": f"Bearer {stock.rep}", "Idempotency-Key": ready.order_id}
    return http.post(f"/v1/orders/{ready.order_id}/confirm", headers=headers)


def confirm_while_full(http: httpx.Client, stock: Stock) -> tuple[list[Ready], list[Any]]:
    """Confirm one order after the other; those that were refused for the disk, and every other refusal."""
    refused: list[Ready] = []
    strange: list[Any] = []
    for ready in stock.orders:
        answer = confirm(http, stock, ready)
        if answer.status_code == 503 and answer.json()["code"] == "service.cannot_write":
            assert int(answer.headers["Retry-After"]) >= 1
            refused.append(ready)
        elif answer.status_code != 200:
            strange.append((answer.status_code, answer.text))
        if len(refused) >= ENOUGH:
            break
    return refused, strange


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_disk_that_is_really_full_refuses_what_it_cannot_keep_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk() as disk, PostgresServer() as server:
        stock = make_stock(database_on(server, disk), tmp_path, ORDERS)
        with Service(stock.variables) as service, httpx.Client(base_url=service.address, timeout=30) as http:
            with filled(disk):
                refused, strange = confirm_while_full(http, stock)
                assert len(refused) >= ENOUGH, "the disk was never full"
                assert strange == []
                uses = stock.uses()
                assert [ready for ready in refused if uses[ready.voucher_id]] == []
                token = {"Authorization": f"Bearer {stock.rep}"}
                assert http.get("/v1/visits?state=open", headers=token).status_code == 200
                done = sum(uses.values())
            for ready in stock.orders:
                answer = confirm(http, stock, ready)
                assert answer.status_code == 200, answer.text
                assert answer.json()["redemption"] is not None
        assert set(stock.uses().values()) == {1}
        assert stock.unanswered_keys() == 0
        print(f"\n{done} orders found room, {len(refused)} were refused, in the end {ORDERS} were used once")
