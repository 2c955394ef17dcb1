"""Holds and redemptions: the door to the feature.

What it is for: reserving is in holding.py, using in using.py, undoing in voiding.py. Holding and using name a
decision and make it again in the same transaction.
What it must not know: how a decision is made, how a voucher is locked, visits, Flask.
"""

from __future__ import annotations

from store_api.redemptions import listing
from store_api.redemptions.consuming import Actor, actor_of
from store_api.redemptions.holding import (
    Held,
    extend,
    find_hold,
    hold,
    holds_of_order,
    is_live,
    named_by_holds,
    release,
    show_held,
    show_hold,
    standing_hold,
)
from store_api.redemptions.models import HoldRow, RedemptionRow
from store_api.redemptions.using import (
    Redeemed,
    find_redemption,
    parts_of_redeemed,
    redeem,
    redeem_order,
    show_redeemed,
    show_redemption,
)
from store_api.redemptions.voiding import void

__all__ = [
    "Actor", "Held", "HoldRow", "Redeemed", "RedemptionRow", "actor_of", "extend", "find_hold",
    "find_redemption", "hold", "holds_of_order", "is_live", "listing", "named_by_holds", "parts_of_redeemed",
    "redeem", "redeem_order", "release", "show_held", "show_hold", "show_redeemed", "show_redemption",
    "standing_hold", "void",
]  # fmt: skip
