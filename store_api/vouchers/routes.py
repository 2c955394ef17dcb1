"""/v1/vouchers: looking vouchers up, showing one, making one void.

What it is for: the carrier's own systems, and managers with a code or an identifier before them. A customer
finds theirs in their visit. A code comes in a body and is never part of an address.
What it must not know: how a voucher is made or used.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from flask import Response, current_app
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from store_api.accounts import service as accounts
from store_api.auth import allow, current_caller
from store_api.contract import (
    FieldError,
    Identifier,
    VoucherHistory,
    VoucherList,
    VoucherRecord,
    VoucherSearch,
    VoucherSymbol,
    VoucherSymbolRequest,
    VoucherSymbols,
    VoucherVoidRequest,
)
from store_api.errors import Invalid, NotAllowed, NotFound
from store_api.policies import service as policies
from store_api.stores import service as stores
from store_api.vouchers import service
from store_api.vouchers.searching import FoundVoucher
from store_api.vouchers.service import Search
from store_api.work import Work, answer_with, bound, reads, work_in, writes

api = APIBlueprint("vouchers", __name__)
WAYS = ("code", "telephone", "account_id", "campaign_id")


class VoucherPath(BaseModel):
    """A voucher in an address: its identifier, never its code."""

    voucher_id: Identifier


@api.post("/v1/vouchers/search", responses={200: VoucherList})
@allow("partner", "manager")
@bound
def search_vouchers(body: VoucherSearch) -> Response:
    """Vouchers by a code, a line's number, an account or a campaign; a manager looks up codes alone.

    Only a code writes: one that nobody was given is counted.
    """
    _refuse_store()
    _check(body)
    database = current_app.extensions["database"]
    with database.reading() if body.code is None else database.transaction() as session:
        return answer_with(_search(work_in(session), body))


@api.post("/v1/vouchers/symbols", responses={200: VoucherSymbols})
@allow("partner")
@reads
def write_symbols(work: Work, body: VoucherSymbolRequest) -> VoucherSymbols:
    """What to print in the QR codes of vouchers: worked out from their codes alone, and kept nowhere."""
    _refuse_store()
    symbols = []
    for place, text in enumerate(body.codes):
        code = service.read_code(text).code
        if code is None:
            raise _invalid(f"/codes/{place}", "this is no voucher's code")
        symbol = service.symbol_of(work.settings, code)
        symbols.append(VoucherSymbol(code=service.show_code(code), **asdict(symbol)))
    return VoucherSymbols(symbols=tuple(symbols))


@api.get("/v1/vouchers/<voucher_id>", responses={200: VoucherHistory})
@allow("partner", "manager")
@reads
def show_voucher(work: Work, path: VoucherPath) -> VoucherHistory:
    """A voucher as it stands, for the carrier's own systems with its ledger."""
    _refuse_store()
    found = _find(work, path.voucher_id)
    movements = service.movements_of(work.session, found.key) if _is_partner() else None
    return VoucherHistory(voucher=_show(work, found), movements=movements)


@api.post("/v1/vouchers/<voucher_id>/void", responses={200: VoucherRecord})
@allow("partner", "manager")
@writes
def void_voucher(work: Work, path: VoucherPath, body: VoucherVoidRequest) -> VoucherRecord:
    """Make a voucher void, of which something is left. One that was void before stays as it is."""
    _refuse_store()
    service.withdraw(work, _find(work, path.voucher_id).key, body.reason, used_too=False)
    return _show(work, _find(work, path.voucher_id))


def _search(work: Work, body: VoucherSearch) -> VoucherList:
    code, search = _resolve(work, body)
    if search is None:
        return VoucherList(vouchers=(), code=code)
    found = service.search_in(work.session, search, _today(work), work.now)
    last = found[-1].row.voucher_id if len(found) == body.limit else None
    return VoucherList(vouchers=tuple(_show(work, each) for each in found), next_after=last)


def _resolve(work: Work, body: VoucherSearch) -> tuple[str | None, Search | None]:
    """What to look for in the tables; nothing where a code is none, with the code that says so, or a number
    is nobody's."""
    page = {"state": body.state, "after": body.after, "limit": body.limit}
    if body.telephone is not None:
        lines = accounts.find_lines(work.session, work.settings, [body.telephone])
        if body.telephone not in lines:
            return None, None
        account_id, line_id = lines[body.telephone]
        return None, Search(account_id=account_id, line_id=line_id, **page)  # type: ignore[arg-type]
    if body.code is not None:
        read = service.read_code(body.code, "", work.settings.coupon_number)
        if read.code is None:
            return read.trouble, None
        key = service.look_up_code(work, read.code)
        if key is None:
            return "voucher.not_found", None
        return None, Search(voucher_id=key.voucher_id, **page)  # type: ignore[arg-type]
    named = {"account_id": body.account_id, "line_id": body.line_id, "campaign_id": body.campaign_id}
    return None, Search(**named, **page)  # type: ignore[arg-type]


def _check(body: VoucherSearch) -> None:
    """Raise Invalid unless one thing is looked for, NotAllowed where it is not for a manager."""
    if sum(getattr(body, way) is not None for way in WAYS) != 1:
        raise _invalid("/code", "name one of code, telephone, account_id and campaign_id")
    if body.line_id is not None and body.account_id is None:
        raise _invalid("/line_id", "name its account too")
    if body.code is None and not _is_partner():
        raise NotAllowed


def _find(work: Work, voucher_id: str) -> FoundVoucher:
    found = service.find_record(work.session, voucher_id, _today(work), work.now)
    if found is None:
        raise NotFound
    return found


def _show(work: Work, found: FoundVoucher) -> VoucherRecord:
    book = policies.open_book(work.session, work.settings.catalogue_files)
    return service.record_of(found, book.title(found.row.policy), with_owner=_is_partner())


def _today(work: Work) -> dt.date:
    """A manager's day is their store's; for the chain a day is over once it is over in every store."""
    if work.caller.store_id is not None:
        return stores.read_place(work.session, work.caller.store_id).today(work.now)
    return stores.earliest_day(work.session, work.now)


def _is_partner() -> bool:
    return current_caller().role == "partner"


def _refuse_store() -> None:
    """Vouchers are good in the whole chain: raise NotAllowed for a partner of one store."""
    if _is_partner() and current_caller().store_id is not None:
        raise NotAllowed


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid(errors=(FieldError(pointer=pointer, detail=detail),))
