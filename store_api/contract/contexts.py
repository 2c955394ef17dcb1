"""What came before, on the wire: three lines for the rep, and nothing more."""

from __future__ import annotations

import datetime as dt

from store_api.contract.basis import Wire, Words


class LastSheet(Wire):
    """The last answer that this line was given in an earlier visit: its title and first line."""

    on: dt.date
    title: Words
    verdict: Words
    terms_code: str


class LastClaim(Wire):
    """The last thing that this person had heard in an earlier visit, and what the terms say to it."""

    on: dt.date
    says: Words
    verdict: Words


class VisitContext(Wire):
    """What is known from before this visit; each is null where there is none."""

    last_sheet: LastSheet | None
    last_claim: LastClaim | None
