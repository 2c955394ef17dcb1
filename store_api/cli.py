"""The command line `python3 -m store_api`: one group, and each feature's own group below it.

A group's module is imported only when it is called, so that checking a policy needs neither the database nor
the web server and starts at once. To add a group, add its name and place here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

# Name of the group -> module and the click command in it.
GROUPS: Mapping[str, tuple[str, str]] = {
    "audit": ("store_api.audit.receipt_cli", "audit"),
    "campaign": ("store_api.voucher_operating", "campaign"),
    "db": ("store_api.operating", "db"),
    "directory": ("store_api.directory_operating", "directory"),
    "doctor": ("store_api.directory_operating", "doctor"),
    "demo": ("store_api.operating", "demo"),
    "device": ("store_api.operating", "device"),
    "ledger": ("store_api.connecting", "ledger"),
    "partner": ("store_api.connecting", "partner"),
    "policy": ("store_api.policies.impact_cli", "policy"),
    "reconcile": ("store_api.connecting", "reconcile"),
    "serve": ("store_api.operating", "serve_command"),
    "staff": ("store_api.operating", "staff"),
    "voucher": ("store_api.voucher_operating", "voucher"),
    "webhooks": ("store_api.connecting", "webhooks_group"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all groups."""
        return sorted({*super().list_commands(ctx), *GROUPS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one that was named."""
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        module, name = GROUPS[cmd_name]
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup)
def cli() -> None:
    """Sameterms: the written policy's one answer."""
