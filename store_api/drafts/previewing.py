"""The impact preview over a database: batch after batch, each in a short transaction that only reads.

What it is for: the stream that a face follows and the command line's progress bar. Whoever stops reading
cancels it, and nothing is kept then. What it must not know: Flask, how a case is decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from store_api.contract import ImpactProgress
from store_api.db import Database
from store_api.decisions import service as decisions
from store_api.drafts.impact import ImpactMeter
from store_api.policies.service import PolicyBook
from store_api.policy.facts import Catalogue
from store_api.policy.model import PolicyVersion
from store_api.stores import service as stores

BATCH = 2_000
"""Cases of one read: some 100 ms, so that a progress bar moves and a stopped reader is noticed."""


def measure(
    database: Database,
    version: PolicyVersion,
    catalogue: Catalogue,
    book: PolicyBook,
    days: int,
    now: dt.datetime,
) -> Iterator[ImpactProgress]:
    """Decide the recorded decisions of the last days again under a version; the last line has the impact."""
    meter = ImpactMeter(version, catalogue, book)
    since = now - dt.timedelta(days=days)
    with database.reading() as session:
        total = decisions.count_cases(session, version.policy, since)
    yield ImpactProgress(done=0, total=total, counts=meter.tally.counts())
    last = None
    while True:
        with database.reading() as session:
            cases = decisions.read_cases(session, version.policy, since, last, BATCH)
        if not cases:
            break
        flips, last = meter.take(cases), cases[-1]
        done = meter.tally.decisions
        yield ImpactProgress(done=done, total=max(total, done), counts=meter.tally.counts(), flips=flips)
    with database.reading() as session:
        names = stores.names_of(session, meter.tally.stores)
    impact = meter.impact(days, since.date(), names)
    done = meter.tally.decisions
    yield ImpactProgress(done=done, total=done, counts=impact.counts, impact=impact)
