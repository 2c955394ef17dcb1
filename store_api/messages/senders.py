"""The two senders that are built in: the console, and an HTTP address.

What it is for: trying out, and any message centre with a small service in front of it. `POST {address}` takes
{"message_id", "kind", "to", "language", "text"}; any status of the 200s is taken for sent.
What it must not know: the database, Flask, what a message is for.
"""

from __future__ import annotations

import http.client
import json
import ssl
from typing import TextIO
from urllib.parse import urlsplit

from store_api.messages.ports import Message, MessageFailed, Sender
from store_api.settings import Settings


class ConsoleSender:
    """Writes every message where the operator sees it: for trying out, never in a store."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def send(self, message: Message) -> None:
        """Write it; of the number only its last four digits."""
        self._out.write(f"Message to the line that ends in {message.to[-4:]}: {message.text}\n")
        self._out.flush()


class HttpSender:
    """Hands messages to an address. No redirect is followed; `token` goes as a bearer token."""

    def __init__(self, address: str, token: str, seconds: float) -> None:
        parts = urlsplit(address)
        self._is_secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._path = parts.path or "/"
        self._token = token
        self._seconds = seconds

    def send(self, message: Message) -> None:
        """POST it under its identifier, which is its idempotency key as well."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.message_id}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        connection = self._connection()
        try:
            connection.request("POST", self._path, json.dumps(vars(message)).encode(), headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise MessageFailed(f"cannot be reached: {type(error).__name__}") from None
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise MessageFailed(f"answered {status}")

    def _connection(self) -> http.client.HTTPConnection:
        if self._is_secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=self._seconds, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=self._seconds)


def open_sender(settings: Settings, out: TextIO) -> Sender | None:
    """The sender that the settings name; None where no messages are sent."""
    if not settings.messages:
        return None
    if settings.messages == "console":
        return ConsoleSender(out)
    return HttpSender(settings.messages, settings.messages_token.get_secret_value(), settings.webhook_seconds)
