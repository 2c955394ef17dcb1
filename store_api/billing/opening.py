"""Which billing system there is: chosen by one setting.

What it is for: to add a billing system, add its class here.
What it must not know: the database, Flask.
"""

from __future__ import annotations

from pathlib import Path

from store_api.billing.file_port import FileBilling
from store_api.billing.http_port import HttpBilling
from store_api.billing.ports import BillingPort
from store_api.settings import Settings


def open_billing(settings: Settings) -> BillingPort | None:
    """The port that the settings name; None where credits are not posted."""
    target = settings.billing
    if not target:
        return None
    if target.startswith("file:"):
        return FileBilling(Path(target.removeprefix("file:")))
    return HttpBilling(target, settings.billing_token.get_secret_value(), settings.webhook_seconds)
