"""What each role may do: at once, with somebody else's approval, or not at all.

What it is for: one table of actions and roles with three answers, narrowed by a setting and never widened
beyond what the product guarantees. Nobody waives a term alone, so that there is no setting for it.
What it must not know: any feature, the database, Flask.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from store_api.contract import Permission

STAFF = ("rep", "manager", "region", "care")

DEFAULTS: Mapping[str, Mapping[str, Permission]] = {
    "term.waive": {"rep": "needs_approval", "manager": "needs_approval"},
    "override.approve": {
        "rep": "allowed",
        "manager": "allowed",
        "region": "allowed",
        "care": "allowed",
    },
    "override.approve_on_shared_device": {
        "rep": "allowed",
        "manager": "allowed",
        "region": "allowed",
        "care": "allowed",
    },
    "redemption.void": {"manager": "allowed"},
    "refusal.explain": {"rep": "allowed", "manager": "allowed"},
}
"""What may be done where no setting says otherwise; a role that is not named never may. Approving also needs
the policy's own leave: `waivable` names the roles, and this table can only take from them."""

Table = Mapping[str, Mapping[str, Permission]]


def read_permissions(text: str) -> Table:
    """The table with a setting's changes: "rep:term.waive=never,manager:redemption.void=never".

    Raises ValueError for what is not in the table, and for a permission that is wider than there.
    """
    changed = {action: dict(roles) for action, roles in DEFAULTS.items()}
    for part in filter(None, (each.strip() for each in text.split(","))):
        subject, _, state = part.partition("=")
        role, _, action = subject.partition(":")
        if role not in STAFF or action not in DEFAULTS:
            raise ValueError(f"{part}: write role:action=never, with one of {', '.join(DEFAULTS)}")
        if state != "never":
            raise ValueError(f"{part}: a permission can only be narrowed, to never")
        changed[action][role] = "never"
    return MappingProxyType({action: MappingProxyType(roles) for action, roles in changed.items()})


def may(text: str, action: str, role: str) -> bool:
    """Whether a role may do something at once."""
    return permission(text, action, role) == "allowed"


def permission(text: str, action: str, role: str) -> Permission:
    """What a role may do of an action, under a setting's text."""
    return read_permissions(text)[action].get(role, "never")
