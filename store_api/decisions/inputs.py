"""Everything that a decision is made from, as one digest.

What it is for: deciding is pure, so from the same inputs comes the same answer in the same words. Where the
digest that was kept with a decision is the digest of what is gathered now, the decision stands and need not
be made again. Whatever could change the answer or a sentence of it is in the digest; the service's own
reasons for "no" are not, because they are looked for each time.
What it must not know: the database, Flask, the clock.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from store_api.decisions.gather import Gathered
from store_api.policy.facts import Catalogue
from store_api.policy.model import Policy

EDITION = 3
"""Raise it when the same inputs come to give another answer or other words; older digests are void then."""
MOST_CATALOGUES = 64

_catalogues: dict[int, tuple[Catalogue, str]] = {}


def digest_inputs(
    policy: Policy, gathered: Gathered, amount_minor: int | None, catalogue: Catalogue
) -> str | None:
    """The digest of what a decision is made from; None where other vouchers stand on the same order."""
    if gathered.others:
        return None
    content = [
        EDITION,
        [version.digest for version in policy.versions],
        _digest_catalogue(catalogue),
        gathered.facts,
        gathered.stale,
        gathered.on.isoformat(),
        gathered.zone,
        _voucher(gathered),
        gathered.order.items if gathered.order is not None else None,
        amount_minor,
        {fact: moment.isoformat() for fact, moment in gathered.marks.as_of.items()},
        dict(gathered.marks.unfetched),
        *_waiver(gathered),
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _waiver(gathered: Gathered) -> list[Any]:
    """What was waived; nothing where nothing was, so that other digests stay as they are."""
    waiver = gathered.waiver
    if waiver is None:
        return []
    limit = None if waiver.limit is None else [waiver.limit.amount_minor, waiver.limit.currency]
    return [[waiver.waiver_id, waiver.version, sorted(waiver.terms), waiver.role, waiver.reason, limit]]


def _voucher(gathered: Gathered) -> list[Any] | None:
    """What the answer and its words tell of the voucher: its days and what is left of it."""
    view = gathered.voucher
    if view is None:
        return None
    row = view.row
    days = [row.issued_on.isoformat(), None if row.ends_on is None else row.ends_on.isoformat()]
    return [row.voucher_id, *days, view.balance_minor, row.currency]


def _digest_catalogue(catalogue: Catalogue) -> str:
    """The digest of a catalogue's facts and claims, made once for each in a process."""
    known = _catalogues.get(id(catalogue))
    if known is None or known[0] is not catalogue:
        content = [
            {key: fact.digest for key, fact in catalogue.facts.items()},
            [[key, claim.digest] for key, claim in catalogue.claims.items()],
        ]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        if len(_catalogues) >= MOST_CATALOGUES:
            _catalogues.clear()
        known = _catalogues[id(catalogue)] = (catalogue, digest)
    return known[1]
