"""Staff sessions on the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import StringConstraints

from store_api.contract.basis import Identifier, Wire
from store_api.contract.stores import Store


class StaffSignIn(Wire):
    """A member of staff at a tablet or desk: their staff number and their own PIN."""

    staff_number: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    pin: Annotated[str, StringConstraints(min_length=1, max_length=12)]


class StaffPinCheck(Wire):
    """Whether a PIN is that of a member of staff of this store: `code` is identity.wrong or identity.locked
    for a no, null for a yes. Nothing of the person is in it."""

    code: str | None
    locked_until: dt.datetime | None = None


class StaffSession(Wire):
    """A session; the token is shown this once. `code` is identity.wrong or identity.locked for a no.

    `store` is null for authors, regional managers and customer care, who belong to none.
    """

    code: str | None
    token: str | None
    staff_id: Identifier | None
    name: str | None
    role: Literal["rep", "manager", "author", "region", "care"] | None
    store: Store | None
    expires_at: dt.datetime | None
    locked_until: dt.datetime | None = None
