"""A bad line between the faces and the service: nothing is used twice, and nobody is told what is not so.

The real client with its real ledger confirms orders over a proxy that loses, doubles, reorders and holds
back. What stays unknown is settled when the line has healed: half as a page does it, half as the app does it
for requests that nobody waits for. Then everything that was held back arrives, and only then is counted.
The control asks about a key where the client closes it: there somebody is told "nothing was done" of what a
late request does afterwards.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from kiosk.errors import StoreRefused, StoreUndecided, StoreUnreachable
from kiosk.ledger import SpoolLedger, owner_of, settle_abandoned
from kiosk.spool import Spool
from kiosk.store_calls.sending import Sender
from kiosk.store_client import StoreClient, connect_to
from store_api.contract import KeyState, RedemptionAnswer
from tests.faults.proxy import FAULTS, Line, faulty_line
from tests.faults.serving import Service
from tests.faults.stock import Ready, Stock, make_stock

CLIENTS = 6
QUICK, LONG = 40, int(os.environ.get("FAULTS_REDEMPTIONS", "20000"))


@dataclass
class Told:
    """What was said of each order: used, not used, or a refusal; `unknown` until it is settled."""

    said: dict[str, str] = field(default_factory=dict)

    def note(self, ready: Ready, work: Callable[[], RedemptionAnswer]) -> None:
        """Do the work and note what it says."""
        try:
            self.said[ready.order_id] = "used" if work().redemption is not None else "not used"
        except StoreUndecided:
            self.said[ready.order_id] = "unknown"
        except (StoreUnreachable, StoreRefused):
            self.said[ready.order_id] = "not used"


@dataclass
class Clients:
    """Clients that confirm the stock's orders between them."""

    stock: Stock
    client: StoreClient
    ledger: SpoolLedger
    told: Told = field(default_factory=Told)

    def confirm_all(self) -> None:
        """Confirm every order once, as the tablet does."""
        parts = [self.stock.orders[number::CLIENTS] for number in range(CLIENTS)]
        threads = [threading.Thread(target=self._confirm, args=(part,)) for part in parts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _confirm(self, part: list[Ready]) -> None:
        for ready in part:
            key = f"key-{ready.order_id}"
            self.told.note(ready, partial(self.client.confirm_order, ready.order_id, key, ready.visit_id))

    def settle(self) -> None:
        """Settle what is unknown, as a page does and as the app does by itself."""
        unknown = [each for each in self.stock.orders if self.told.said[each.order_id] == "unknown"]
        for ready in unknown[::2]:
            waiting = self.client.waiting(ready.visit_id)
            assert waiting is not None
            self.told.note(ready, partial(self.client.repeat, *waiting, RedemptionAnswer))
        for entry in self.ledger.unsettled():
            self.ledger._tried.pop(entry.key, None)  # as after a restart: nobody waits for it
        ends: dict[str, KeyState] = {}

        def close(key: str) -> KeyState:
            ends[key] = self.client.close_key(key)
            return ends[key]

        settle_abandoned(self.ledger, {owner_of(self.client.token): close})
        for ready in unknown[1::2]:
            answer = ends[f"key-{ready.order_id}"].answer
            used = answer is not None and answer["redemption"] is not None
            self.told.said[ready.order_id] = "used" if used else "not used"

    def lies(self) -> list[str]:
        """Orders of which something else was said than what the database holds."""
        uses = self.stock.uses()
        truth = {each.order_id: "used" if uses[each.voucher_id] else "not used" for each in self.stock.orders}
        return [order for order, said in self.told.said.items() if said != truth[order]]


def redeem_over_a_bad_line(
    stock: Stock, folder: Path, *, percent: int, timeout: float, stall_seconds: float
) -> tuple[Clients, Line]:
    """Confirm every order of the stock over a bad line, heal it, settle, and let what is late arrive."""
    with Service(stock.variables) as service:
        line = Line(service.address, percent, stall_seconds)
        spool = Spool(folder / "spool.sqlite")
        with faulty_line(line) as address, connect_to(address, timeout) as http:
            ledger = SpoolLedger(spool, lambda: 1000.0)
            client = StoreClient(http, stock.rep, sleep=lambda seconds: None, ledger=ledger)
            counter = Clients(stock, client, ledger)
            counter.confirm_all()
            line.is_healed = True
            counter.settle()
        assert ledger.unsettled() == []
        spool.close()
    return counter, line


def report(counter: Clients, line: Line) -> str:
    met = ", ".join(f"{line.met[fault]} {fault}" for fault in FAULTS)
    said = Counter(counter.told.said.values())
    return (
        f"\n{len(counter.stock.orders)} redemptions; on the line: {met}; told used {said['used']}, "
        f"not used {said['not used']}, unknown {said['unknown']}; 0 twice, 0 told wrongly"
    )


def check(counter: Clients, line: Line) -> None:
    assert all(line.met[fault] > 0 for fault in FAULTS), line.met
    assert set(counter.told.said.values()) <= {"used", "not used"}
    assert counter.lies() == []
    assert set(counter.stock.uses().values()) <= {0, 1}
    assert counter.stock.unanswered_keys() == 0
    print(report(counter, line))


@pytest.mark.timeout(300)
def test_on_a_bad_line_nothing_is_used_twice_and_nobody_is_told_wrongly(
    empty_url: str, tmp_path: Path
) -> None:
    stock = make_stock(empty_url, tmp_path, QUICK)
    check(*redeem_over_a_bad_line(stock, tmp_path, percent=45, timeout=0.7, stall_seconds=2.0))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_a_client_that_only_looks_the_key_up_tells_what_is_not_so(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(sender: Sender, key: str) -> KeyState:
        state = sender.key_state(key)
        return state.model_copy(update={"state": "closed"}) if state.state == "unknown" else state

    monkeypatch.setattr(Sender, "close_key", look)
    stock = make_stock(empty_url, tmp_path, QUICK)
    counter, _ = redeem_over_a_bad_line(stock, tmp_path, percent=90, timeout=0.7, stall_seconds=2.0)
    assert counter.lies() != [], "the control told the truth: this test would not see a lie"


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_twenty_thousand_redemptions_on_a_bad_line(empty_url: str, tmp_path: Path) -> None:
    stock = make_stock(empty_url, tmp_path, LONG)
    check(*redeem_over_a_bad_line(stock, tmp_path, percent=5, timeout=2.0, stall_seconds=30.0))
