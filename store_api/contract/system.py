"""What the service says of itself and of idempotency keys, on the wire."""

from __future__ import annotations

from typing import Any, Literal

from store_api.contract.basis import Wire


class KeyState(Wire):
    """What became of an idempotency key.

    `settled`: done, with the stored answer. `closed`: nothing was done, and nothing will be under this key.
    `unknown`: nothing was done so far; a request that is still on its way may yet be.
    """

    key: str
    state: Literal["settled", "closed", "unknown"]
    status: int | None
    answer: Any


class Health(Wire):
    """Whether the service answers, and what it stands on."""

    status: Literal["ok", "failing"]
    node_id: str
    database: str
