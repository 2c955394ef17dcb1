"""Everything that can stop the kiosk from answering. A "no" is never here: it is a value.

KioskError
├── SettingError            a setting is missing or wrong; the start stops and names it
├── StoreError              store_api could not be asked, or would not answer
│   ├── StoreUnreachable    nothing was done: no connection, or the service is out of order
│   ├── StoreUndecided      it is not known yet whether a write was done; its key settles it later
│   └── StoreRefused        an RFC 9457 problem: the request was understood and turned down
│       └── SignInNeeded    the token of this device or of this member of staff is not accepted
└── PrinterTrouble          the receipt is kept and is printed again; nothing else is affected

It must not know: Flask, templates, the words that people read.
"""

from __future__ import annotations

from store_api.contract import Problem


class KioskError(Exception):
    """The root of this tree."""


class SettingError(KioskError):
    """A setting has a wrong value. The text names the setting, the value and what is expected."""


class StoreError(KioskError):
    """The service of the store could not answer."""


class StoreUnreachable(StoreError):
    """Nothing was done. The same request may be sent again."""


class StoreUndecided(StoreError):
    """A write was sent and its answer did not come back; `key` is its idempotency key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the outcome of the request with key {key} is not known yet")
        self.key = key


class StoreRefused(StoreError):
    """The service turned the request down for the reason in `problem`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.code}")
        self.problem = problem

    @property
    def code(self) -> str:
        """The stable code of the problem."""
        return self.problem.code


class SignInNeeded(StoreRefused):
    """401: the token is unknown, has run out or was revoked."""


class PrinterTrouble(KioskError):
    """The print job was taken and is kept, but the printer does not print."""
