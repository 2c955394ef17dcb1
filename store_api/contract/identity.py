"""Identity on the wire: the methods, one-time codes, and what staff open again."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import StringConstraints

from store_api.contract.basis import Wire

IdentityMethod = Literal["person_pin", "photo_id_seen", "one_time_code"]


class OneTimeCodeRequest(Wire):
    """Send a one-time code to the line of a telephone number, as typed."""

    telephone: Annotated[str, StringConstraints(max_length=40)]


class OneTimeCodeSent(Wire):
    """That a code was sent, if somebody has the number: unknown numbers answer the same.

    `sent` is false with a `code`: one_time_code.too_many (no more until `until`) or
    one_time_code.not_offered. Where it is true, `until` is how long the code is good.
    """

    sent: bool
    code: str | None
    until: dt.datetime


class OneTimeCodeCheck(Wire):
    """The telephone number and the code, as typed."""

    telephone: Annotated[str, StringConstraints(max_length=40)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=20)]
