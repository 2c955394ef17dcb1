"""docs/webhooks.md says what the service does: its example verifies, its tables are the code's."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any, get_args

from store_api.contract import DifferenceKind, WebhookEventType
from store_api.outbox import EVENT_TYPES
from store_api.webhooks.delivering import MOST_TRIES
from store_api.webhooks.signing import sign
from store_api.webhooks.store import UNDER_WAY

DOCUMENT = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def found(pattern: str) -> str:
    match = re.search(pattern, DOCUMENT, re.DOTALL)
    assert match is not None, pattern
    return match.group(1)


def test_the_example_is_signed_as_the_service_signs_and_checked_as_the_document_checks() -> None:
    body = found(r"```json\n(.*?)\n```").encode()
    secret, event_id = found(r"(whsec_[A-Za-z0-9+/]+=+)"), found(r"the id `([^`]+)`")
    moment = dt.datetime.fromtimestamp(int(found(r"timestamp `(\d+)`")), dt.UTC)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    headers = sign([key], event_id, moment, body)
    assert headers["webhook-signature"] == found(r"```text\n(.*?)\n```")
    shown: dict[str, Any] = {}
    exec(found(r"```python\n(.*?)\n```"), shown)  # noqa: S102 - the document's own program
    assert shown["is_ours"](secret, headers, body)
    assert not shown["is_ours"](secret, headers, body + b" ")
    assert not shown["is_ours"](secret, {**headers, "webhook-timestamp": "1"}, body)


def test_the_example_has_the_fields_that_the_service_sends() -> None:
    told = json.loads(found(r"```json\n(.*?)\n```"))
    kind = EVENT_TYPES[told["type"]]
    assert set(told) == {"type", "version", "timestamp", "data"}
    assert set(told["data"]) == {kind.subject, "store_id", "amount", *kind.fields.values()}


def test_the_table_has_every_event_type_with_its_version_and_fields() -> None:
    rows = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| (\d+) \| ([^|]+) \|$", DOCUMENT, re.MULTILINE)
    told = {name: (int(version), set(fields.strip().split(", "))) for name, version, fields in rows}
    with_amount = {"voucher.redeemed", "voucher.issued", "voucher.voided"}
    with_amount |= {name for name in EVENT_TYPES if name.startswith("override.")}
    real = {
        name: (
            kind.version,
            {kind.subject, *kind.fields.values(), *(["amount"] if name in with_amount else [])},
        )
        for name, kind in EVENT_TYPES.items()
    }
    assert told == real
    assert set(get_args(WebhookEventType)) == set(EVENT_TYPES)


def test_numbers_and_differences_are_those_of_the_code() -> None:
    assert f"{MOST_TRIES} tries" in DOCUMENT
    assert {1: "one", 4: "four"}[UNDER_WAY] in found(r"Up to (\w+) are under way")
    listed = re.findall(r"^\| `([a-z]+_[a-z_]+)` \| ", DOCUMENT, re.MULTILINE)
    assert set(listed) == set(get_args(DifferenceKind))
