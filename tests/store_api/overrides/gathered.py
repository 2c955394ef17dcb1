"""What a decision is made from, without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from store_api.decisions.gather import Gathered
from store_api.waivers.service import Waiver


def gathered_from(facts: Mapping[str, Any], on: dt.date, waiver: Waiver | None) -> Gathered:
    """Facts of a day, and a waiver; neither voucher nor order."""
    return Gathered(dict(facts), (), None, None, on, "America/New_York", waiver=waiver)
