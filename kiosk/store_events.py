"""Reading a stream of server-sent events into values.

What it is for: the lines of an event stream (WHATWG HTML, "Server-sent events") become VisitEvents.
What it must not know: where the lines come from, who listens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from store_api.contract import VisitEvent


def read(lines: Iterable[str]) -> Iterator[VisitEvent | None]:
    """One VisitEvent an event, None for every comment (a heartbeat), in their order."""
    data: list[str] = []
    for line in lines:
        if line.startswith(":"):
            yield None
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line and data:
            yield VisitEvent.model_validate_json("\n".join(data))
            data = []
