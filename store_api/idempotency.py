"""Idempotency keys: the same request twice gets the first answer, byte for byte.

What it is for: the key's row is inserted first, in the same transaction as the work, and takes the answer
before the commit; so only committed answers exist, and a crash leaves no key undecided
(semantics of https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/). A caller that
gives up closes its key: from then on a request that comes late under it does nothing.
What it must not know: what the requests do.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import request
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from store_api.db import Base, Database, NodeMixin
from store_api.errors import BadRequest, Conflict, Invalid
from store_api.keys import KeyRing
from store_api.prepared import Prepared

KEPT = timedelta(days=30)
"""How long a key and its answer are kept."""
KEY_FORM = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
CLOSED = "closed"
"""Stands in the digest's place of a key that its caller closed; no digest is this short."""
LOCK_TIMEOUT = "lock_timeout"
LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's code for a lock that did not come in time."""


class IdempotencyKey(NodeMixin, Base):
    """A key of one client. `status` and `answer` are empty only inside the transaction that works."""

    __tablename__ = "idempotency_keys"

    client: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(128), primary_key=True)
    request_digest: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    answer: Mapped[bytes | None]


_TABLE = IdempotencyKey.__table__


def _claim_with_short_wait() -> sa.Executable:
    """PostgreSQL's claim waits for a rival's no longer than `wait`, and leaves the transaction's own limit
    behind: a limit that is set where the row comes from holds when it is inserted, one that is set where
    it is returned holds afterwards. Said in statements of their own, both took longer than the claim."""
    limit = sa.select(
        sa.func.set_config(LOCK_TIMEOUT, sa.bindparam("wait", type_=sa.Text), True).label("set")
    )
    limited = limit.subquery()
    columns = [column for column in _TABLE.columns if column.key not in ("status", "answer")]
    values = [sa.bindparam(column.key, type_=column.type) for column in columns]
    row = sa.select(*values).select_from(limited).where(limited.c.set.is_not(None))
    claim = postgresql.insert(_TABLE).from_select([column.key for column in columns], row)  # type: ignore[arg-type]
    usual = sa.func.set_config(LOCK_TIMEOUT, sa.bindparam("usual", type_=sa.Text), True)
    return claim.on_conflict_do_nothing().returning(_TABLE.c.key, usual)


_CLAIM = Prepared(
    {
        "postgresql": _claim_with_short_wait(),
        "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.key),  # type: ignore[arg-type]
    }
)
_SET_LIMIT = Prepared(sa.select(sa.func.set_config(LOCK_TIMEOUT, sa.bindparam("usual", type_=sa.Text), True)))
_FINISH = Prepared(
    sa.update(_TABLE)  # type: ignore[arg-type]  # a mapped class's table
    .where(_TABLE.c.client == sa.bindparam("of"), _TABLE.c.key == sa.bindparam("named"))
    .values(status=sa.bindparam("as_status"), answer=sa.bindparam("as_answer"))
)


@dataclass(frozen=True)
class StoredAnswer:
    """An answer as its bytes. `closed`: there is none, and there never will be."""

    status: int
    body: bytes
    closed: bool = False


def read_key() -> str:
    """The request's Idempotency-Key. Raises BadRequest where it is missing, doubled or malformed."""
    keys = request.headers.getlist("Idempotency-Key")
    if not keys or keys == [""]:
        raise BadRequest("idempotency.key_missing")
    if len(keys) > 1 or not KEY_FORM.fullmatch(keys[0]):
        raise BadRequest("idempotency.key_malformed")
    return keys[0]


def request_digests(ring: KeyRing) -> tuple[str, ...]:
    """A keyed hash of method, path with query, and body: under every key, newest first.

    Keyed, because a body can be guessed: a telephone number and a PIN have few values.
    """
    head = f"{request.method} {request.full_path}\n".encode()
    plain = hashlib.sha256(head + request.get_data(cache=True)).hexdigest()
    return tuple(each.digest for each in ring.hashes("idempotency", plain))


class Keys:
    """The keys of one process: who is being worked on now, and what is stored."""

    def __init__(self, rival_wait_seconds: float) -> None:
        self._wait = rival_wait_seconds
        self._changed = threading.Condition()
        self._in_flight: set[tuple[str, str]] = set()

    @contextmanager
    def claimed(self, client: str, key: str) -> Iterator[None]:
        """Hold a key within this process. Raises Conflict where a rival holds it for too long."""
        claim = (client, key)
        with self._changed:
            if not self._changed.wait_for(lambda: claim not in self._in_flight, self._wait):
                raise _rival()
            self._in_flight.add(claim)
        try:
            yield
        finally:
            with self._changed:
                self._in_flight.discard(claim)
                self._changed.notify_all()

    def begin(
        self, session: Session, client: str, key: str, digests: tuple[str, ...], now: datetime
    ) -> StoredAnswer | None:
        """Insert the key's row; the stored answer where it was there before.

        Raises Invalid where the key was used for another request, Conflict where another process has it or
        where its caller closed it.
        """
        if self._insert(session, client, key, digests[0], now):
            return None
        return self.peek(session, client, key, digests)

    def peek(self, session: Session, client: str, key: str, digests: tuple[str, ...]) -> StoredAnswer | None:
        """The stored answer of a key, or None where there is none. Raises as `begin` does."""
        row = session.get(IdempotencyKey, (client, key))
        if row is None:
            return None
        if row.request_digest == CLOSED:
            raise Conflict("idempotency.key_closed")
        if row.request_digest not in digests:
            raise Invalid("idempotency.key_reused")
        return _stored(row)

    def finish(self, session: Session, client: str, key: str, answer: StoredAnswer) -> None:
        """Store the answer; it exists for others once the transaction commits."""
        stored = {"of": client, "named": key, "as_status": answer.status, "as_answer": answer.body}
        _FINISH.count(session, stored)

    def close(self, session: Session, client: str, key: str, now: datetime) -> StoredAnswer:
        """Let nothing more be done under a key: the answer that it has already, else it is closed.

        Raises Conflict while a request under it is at work.
        """
        if self._insert(session, client, key, CLOSED, now):
            return StoredAnswer(0, b"", closed=True)
        return _stored(session.get_one(IdempotencyKey, (client, key)))

    def find(self, session: Session, client: str, key: str) -> StoredAnswer | None:
        """The stored answer of a client's own key, or None where nothing was done under it."""
        row = session.get(IdempotencyKey, (client, key))
        return None if row is None else _stored(row)

    def _insert(self, session: Session, client: str, key: str, digest: str, now: datetime) -> bool:
        database: Database = session.info["database"]
        claim = {
            "client": client, "key": key, "request_digest": digest, "created_at": now,
            "node_id": session.info["node_id"],
        }  # fmt: skip
        if database.is_sqlite:
            return _CLAIM.first(session, claim) is not None
        # What every connection is opened with, not PostgreSQL's own default.
        usual = {"usual": _milliseconds(database.lock_wait_seconds)}
        try:
            claimed = _CLAIM.first(session, {**claim, **usual, "wait": _milliseconds(self._wait)}) is not None
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                raise _rival() from None
            raise
        if not claimed:
            _SET_LIMIT.first(session, usual)
        return claimed


def _milliseconds(seconds: float) -> str:
    """A wait as PostgreSQL reads it; 0 would be no limit."""
    return f"{max(1, int(seconds * 1000))}ms"


def forget_old_keys(session: Session, now: datetime, most: int | None = None) -> int:
    """Delete keys that are older than they are kept, at most so many; how many."""
    old = IdempotencyKey.created_at < now - KEPT
    if most is not None:
        mine = (IdempotencyKey.client, IdempotencyKey.key)
        chosen = sa.select(*mine).where(old).order_by(IdempotencyKey.created_at).limit(most)
        old = sa.tuple_(*mine).in_(chosen)
    result = session.execute(sa.delete(IdempotencyKey).where(old))
    return int(result.rowcount)  # type: ignore[attr-defined]


def _stored(row: IdempotencyKey) -> StoredAnswer:
    if row.request_digest == CLOSED:
        return StoredAnswer(0, b"", closed=True)
    return StoredAnswer(row.status or 500, row.answer or b"")


def _rival() -> Conflict:
    return Conflict("idempotency.in_flight", retry_after=1)
