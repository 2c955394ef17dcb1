"""The demo's people and things as tables, and its vouchers on paper.

What it is for: the same tables on the demo's desk and in the terminal; a PDF of every voucher, to print or to
hold before a camera. Everybody in it is made up.
What it must not know: how the demo is stored, pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.stations.routes import Desk, Table

NOTE = ("Show it at a kiosk or to our staff, or type the code.", "No paper? Your phone number finds it, too.")

NO_STORE = "head office"


def make_desk(people: dict[str, Any], folder: Path) -> Desk:
    """What the demo's desk shows."""
    files = tuple(sorted(path.name for path in folder.glob("*.pdf"))) if folder.is_dir() else ()
    return Desk(people_rows(people), folder.resolve(), files)


def people_rows(people: dict[str, Any]) -> tuple[Table, ...]:
    """Customers, vouchers and staff, each as a table."""
    return (
        Table("Customers", ("Name", "Role", "Phone number", "PIN", "Story"), tuple(_customers(people))),
        Table("Vouchers", ("Voucher", "Amount", "Code"), tuple(_vouchers(people))),
        Table("Staff", ("Name", "Role", "Store", "Staff number", "PIN"), tuple(_staff(people))),
    )


def _customers(people: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for account in people["accounts"]:
        for number, person in enumerate(account["people"]):
            story = account["story"] if number == 0 else ""
            yield (person["name"], person["role"], person["telephone"], person["pin"], story)


def _vouchers(people: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for voucher in _all_vouchers(people):
        yield (voucher["name"], voucher["amount"], voucher["code"])


def _all_vouchers(people: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for account in people["accounts"]:
        yield from account["vouchers"]
    yield from people["bearer_vouchers"]


def _staff(people: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for member in people["staff"]:
        place = member["store_id"] or NO_STORE
        yield (member["name"], member["role"], place, member["staff_number"], member["pin"])


def write_vouchers(folder: Path, people: dict[str, Any], titles: dict[str, str]) -> None:
    """A PDF of every voucher; those that are there already are left. `titles` are those of the policies."""
    folder.mkdir(parents=True, exist_ok=True)
    for voucher in _all_vouchers(people):
        path = folder / f"{voucher['name']}.pdf"
        if not path.exists():
            path.write_bytes(_voucher_pdf(voucher, titles.get(voucher["policy"], voucher["policy"])))


def _voucher_pdf(voucher: dict[str, Any], title: str) -> bytes:
    # Imported at the first voucher: a second start writes none and need not wait for it.
    from kiosk.receipts.voucher_pdf import Symbol, make_voucher_pdf

    return make_voucher_pdf(
        title="Sameterms",
        code=voucher["code"],
        symbol=Symbol(voucher["symbol"]["form"], voucher["symbol"]["text"]),
        amount_text=_dollars(voucher["amount"]),
        issued_to_text=title,
        note_lines=NOTE,
        language="en",
    )


def _dollars(amount: str) -> str:
    number, _, currency = amount.partition(" ")
    return f"${number}" if currency == "USD" else amount
