"""The port to whatever carries a message to a line, and what goes through it.

What it is for: a carrier's message centre is a class with this one method. It may be called again for one
message: its identifier makes it the same message.
What it must not know: any message centre, the database, Flask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class MessageFailed(Exception):
    """The message was not taken; the text says why, without number and words."""


@dataclass(frozen=True)
class Message:
    """A text to a telephone number in E.164, in one language. `kind` is one_time_code."""

    message_id: str
    kind: str
    to: str
    language: str
    text: str


class Sender(Protocol):
    """Something that carries messages."""

    def send(self, message: Message) -> None:
        """Hand a message over; doing so again changes nothing. Raises MessageFailed."""
        ...
