"""`audit verify-receipt` and `audit receipt-keys`: check a receipt's signed line without a network.

Exit status: 0 where it is right, 1 where it is not, 2 where the call or a file is bad. Must not need the
database: whoever checks has the public keys in a file, one `id base64` a line, or the service's own key ring.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import sys
from pathlib import Path

import click

from store_api.audit.cli import audit
from store_api.keys import BadKeys, KeyRing
from store_api.receipt_proofs import BadProof, ReceiptFacts, public_keys, verify_receipt

__all__ = ["audit"]

FALSE, BAD_CALL = 1, 2


@audit.command("verify-receipt")
@click.argument("line")
@click.option("--keys", "file", type=click.Path(path_type=Path), help="Public keys; else SAMETERMS_KEYS.")
@click.option("--redemption", help="The redemption that the receipt should be of.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify_receipt_command(line: str, file: Path | None, redemption: str | None, as_json: bool) -> None:
    """Check LINE, the text of a receipt's signed QR code ("-" reads it from standard input)."""
    keys = _read_keys(file) if file is not None else public_keys(_own_keys())
    try:
        facts = verify_receipt(sys.stdin.read() if line == "-" else line, keys)
    except BadProof as error:
        click.echo(json.dumps({"right": False, "why": str(error)}) if as_json else f"Not right. {error}")
        sys.exit(FALSE)
    if redemption is not None and not facts.is_of(redemption):
        why = "It is the receipt of another redemption."
        click.echo(json.dumps({"right": False, "why": why}) if as_json else f"Not right. {why}")
        sys.exit(FALSE)
    click.echo(json.dumps(_as_json(facts)) if as_json else _in_words(facts))


@audit.command("receipt-keys")
def receipt_keys() -> None:
    """Print the public keys that receipts are checked with, one `id base64` a line."""
    for key_id, key in public_keys(_own_keys()).items():
        click.echo(f"{key_id} {base64.b64encode(key).decode()}")


def _own_keys() -> KeyRing:
    try:
        return KeyRing.parse(os.environ.get("SAMETERMS_KEYS", ""))
    except BadKeys as error:
        click.echo(f"SAMETERMS_KEYS: {error}. Or name a file of public keys with --keys.", err=True)
        sys.exit(BAD_CALL)


def _read_keys(file: Path) -> dict[str, bytes]:
    try:
        pairs = [row.split() for row in file.read_text(encoding="ascii").splitlines() if row.strip()]
        keys = {key_id: base64.b64decode(key, validate=True) for key_id, key in pairs}
    except (OSError, ValueError, binascii.Error) as error:
        click.echo(f"{file} cannot be read as keys, one `id base64` a line: {error}", err=True)
        sys.exit(BAD_CALL)
    return keys


def _in_words(facts: ReceiptFacts) -> str:
    money = f"{facts.amount} {facts.currency}" if facts.amount is not None else "no money"
    moment = facts.redeemed_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"Right. Terms {facts.terms_code}, use {facts.use_number}, {money}, {moment}. Key {facts.key_id}."


def _as_json(facts: ReceiptFacts) -> dict[str, object]:
    return {
        "right": True,
        "terms_code": facts.terms_code,
        "use_number": facts.use_number,
        "amount": None if facts.amount is None else str(facts.amount),
        "currency": facts.currency,
        "redeemed_at": facts.redeemed_at.isoformat(),
        "key": facts.key_id,
    }
