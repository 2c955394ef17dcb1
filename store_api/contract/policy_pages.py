"""The public page of a policy on the wire: one version as lines, its neighbours, and what changed."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from store_api.contract.basis import Wire
from store_api.contract.policies import PolicyText
from store_api.contract.sheets import SheetLine


class VersionMark(Wire):
    """A version in the line of versions; `effective_until` is the first day on which it no longer decides."""

    version: int
    effective_from: dt.date
    effective_until: dt.date | None
    state: Literal["planned", "in_force", "ended"]


class PolicyPage(Wire):
    """What anybody may read of a version, by language.

    `before` and `after` are its neighbours, `versions` all of them, the newest first. `changes` are those
    against `before`, null for the first version.
    """

    text: PolicyText
    mark: VersionMark
    before: VersionMark | None
    after: VersionMark | None
    versions: tuple[VersionMark, ...]
    lines: dict[str, tuple[SheetLine, ...]]
    changes: dict[str, tuple[SheetLine, ...]] | None
