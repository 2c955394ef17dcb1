"""Signatures of webhooks in the form of Standard Webhooks 1.0.0 (https://www.standardwebhooks.com).

What it is for: secrets, the signed content and the three headers. Pure.
What it must not know: the database, HTTP, the clock.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable

SECRET_BYTES = 32
"""The form asks for 24 to 64 bytes; this is the length of the digest (RFC 2104, section 3)."""
PREFIX = "whsec_"


def show_secret(secret: bytes) -> str:
    """A secret as it is shown: whsec_ and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def sign(secrets: Iterable[bytes], event_id: str, moment: dt.datetime, body: bytes) -> dict[str, str]:
    """The headers of one try: the same id at every try, the moment of this one, a signature a secret."""
    seconds = str(int(moment.timestamp()))
    content = f"{event_id}.{seconds}.".encode() + body
    return {
        "webhook-id": event_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(_signature(secret, content) for secret in secrets),
    }


def _signature(secret: bytes, content: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()
