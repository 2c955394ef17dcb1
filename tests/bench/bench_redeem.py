"""How many vouchers a second can be validated and redeemed over HTTP, beside a floor of the same run.

`python3 -m tests.bench redeem [--quick]`. Both servers are real processes (`store_api serve` and a bare
Flask view behind the same gunicorn settings) on the same database, each with one worker; the clients are
a process of their own. What a till does when it asks "may this be used?" is GET /v1/decisions/…/check:
everything is gathered and decided again, and nothing is written. The bare view beside it reads the same
rows. Rounds alternate between the two, so that a busy machine falls on both; medians over the rounds.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from tests.bench.redeem.alone import driver_alone, sqlalchemy_alone
from tests.bench.redeem.load import Figures, measure, request_text
from tests.bench.redeem.servers import RunningServer, running
from tests.bench.redeem.stage import TABLET, Case, Stage, prepare_stage
from tests.postgres import DURABLE, PostgresDatabases, PostgresServer

SERVICE, BARE = ["store_api", "serve"], ["tests.bench.redeem.bare"]
CLIENTS = (1, 8)


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    vouchers: int
    rounds: int
    requests: dict[int, int]
    flat: tuple[int, int] | None


FULL = Plan(100_000, 5, {1: 300, 8: 1200}, (10_000, 1_000_000))
QUICK = Plan(100_000, 3, {1: 100, 8: 400}, None)


@dataclass(frozen=True)
class Pair:
    """Both servers on one stage, and the token of a rep."""

    stage: Stage
    service: RunningServer
    bare: RunningServer
    token: str


@dataclass
class Table:
    """Figures of every round by what was measured, and the processor's seconds for one request."""

    figures: dict[tuple[str, int], list[Figures]]
    processor: dict[tuple[str, int], list[float]]

    def rate(self, name: str, clients: int) -> float:
        """Requests a second: the median of the rounds."""
        return median(each.rate for each in self.figures[name, clients])

    def late(self, name: str, clients: int, share: float) -> float:
        """Milliseconds within which a share was answered: the median of the rounds."""
        return median(each.percentile(share) for each in self.figures[name, clients]) * 1000

    def work(self, name: str, clients: int) -> float:
        """Milliseconds of processor for one request: the median of the rounds."""
        return median(self.processor[name, clients]) * 1000


def main() -> None:
    """Measure on both databases and print."""
    plan = QUICK if "--quick" in sys.argv else FULL
    print(f"redeem: {plan.vouchers:,} vouchers, medians of {plan.rounds} rounds, one worker process each")
    with tempfile.TemporaryDirectory() as folder:
        _measure_database("SQLite, WAL, synchronous=FULL", Path(folder), None, plan)
        if plan.flat is not None:
            _measure_flatness("SQLite", Path(folder), lambda: None, plan.flat)
        with PostgresServer(**DURABLE) as server:
            databases = PostgresDatabases(server.url)
            _measure_database("PostgreSQL, fsync on", Path(folder), databases.new(), plan)
            if plan.flat is not None:
                _measure_flatness("PostgreSQL", Path(folder), databases.new, plan.flat)


@contextmanager
def _pair(stage: Stage) -> Iterator[Pair]:
    with (
        running(SERVICE, stage.variables, stage.folder / "service.log") as service,
        running(BARE, stage.variables, stage.folder / "bare.log") as bare,
    ):
        yield Pair(stage, service, bare, _sign_in(stage, service.port))


def _measure_database(name: str, folder: Path, url: str | None, plan: Plan) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as own:
        stage = prepare_stage(Path(own), url, plan.vouchers)
        table = Table({}, {})
        try:
            with _pair(stage) as pair:
                _warm_up(pair)
                for _ in range(plan.rounds):
                    for clients in CLIENTS:
                        _measure_round(pair, clients, plan.requests[clients], table)
                _print_table(name, table)
                _print_memory(pair)
            _print_alone(stage, plan)
        finally:
            stage.close()


def _warm_up(pair: Pair) -> None:
    """Both servers answer a few requests of each kind before the clock starts."""
    _measure_round(pair, 8, 80, Table({}, {}))


def _measure_round(pair: Pair, clients: int, count: int, table: Table) -> None:
    cases = pair.stage.cases(2 * count)
    floor, ours = cases[:count], cases[count:]
    _take(
        table, "bare view, reads", clients, pair.bare, [_bare_look(each) for each in ours], '{"stands": true'
    )
    _take(table, "check", clients, pair.service, [_check(pair, each) for each in ours], '{"stands":true')
    _take(table, "ask again", clients, pair.service, [_ask(pair, each) for each in ours], '{"decision_id":')
    _take(table, "bare view", clients, pair.bare, [_bare_use(each) for each in floor], '{"redemption": 1')
    _take(table, "redeem", clients, pair.service, [_redeem(pair, each) for each in ours], '{"redemption":{')


def _take(
    table: Table, name: str, clients: int, server: RunningServer, requests: list[str], begin: str
) -> None:
    before = server.cpu_seconds()
    figures = measure(server.port, requests, clients, begin)
    used = (server.cpu_seconds() - before) / len(requests)
    table.figures.setdefault((name, clients), []).append(figures)
    table.processor.setdefault((name, clients), []).append(used)


def _measure_flatness(
    name: str, folder: Path, new_url: Callable[[], str | None], sizes: tuple[int, int]
) -> None:
    """Time for one redemption in a small and in a large table, in turn."""
    small, large = (_one_size(folder, new_url(), vouchers) for vouchers in sizes)
    print(
        f"{name}: one client, {small:.2f} ms at {sizes[0]:,} vouchers, {large:.2f} ms at {sizes[1]:,}: ",
        end="",
    )
    print(f"{large / small:.2f} times (goal: 1.2 at most)\n")


def _one_size(folder: Path, url: str | None, vouchers: int) -> float:
    """Median milliseconds of a redemption among so many vouchers: the median of five rounds."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        stage = prepare_stage(Path(own), url, vouchers)
        try:
            with running(SERVICE, stage.variables, stage.folder / "service.log") as service:
                pair = Pair(stage, service, service, _sign_in(stage, service.port))
                rounds = []
                for _ in range(6):
                    requests = [_redeem(pair, each) for each in stage.cases(200)]
                    rounds.append(measure(service.port, requests, 1, '{"redemption":{').percentile(0.5))
                return median(rounds[1:]) * 1000
        finally:
            stage.close()


def _sign_in(stage: Stage, port: int) -> str:
    """A session of a rep on the tablet of the stage's store."""
    tablet = next(each["token"] for each in stage.people["devices"] if each["station"] == TABLET)
    rep = next(each for each in stage.people["staff"] if each["name"] == "Jordan")
    answer = httpx.post(
        f"http://127.0.0.1:{port}/v1/staff/sessions",
        json={"staff_number": rep["staff_number"], "pin": rep["pin"]},
        headers={"Authorization": f"Bearer {tablet}", "Idempotency-Key": "bench-sign-in"},
    )
    answer.raise_for_status()
    token: str = answer.json()["token"]
    return token


def _redeem(pair: Pair, case: Case) -> str:
    headers = {"Authorization": f"Bearer {pair.token}", "Idempotency-Key": f"use-{case.decision_id}"}
    return request_text("POST", "/v1/redemptions", headers, {"decision_id": case.decision_id})


def _check(pair: Pair, case: Case) -> str:
    headers = {"Authorization": f"Bearer {pair.token}"}
    return request_text("GET", f"/v1/decisions/{case.decision_id}/check", headers)


def _ask(pair: Pair, case: Case) -> str:
    headers = {"Authorization": f"Bearer {pair.token}", "Idempotency-Key": f"ask-{case.decision_id}"}
    asked = {"visit_id": case.visit_id, "voucher_id": case.voucher_id}
    return request_text("POST", "/v1/decisions", headers, asked)


def _bare_use(case: Case) -> str:
    asked = {"account": case.account_id, "voucher": case.voucher_id}
    return request_text("POST", "/redeem", {"Idempotency-Key": f"use-{case.decision_id}"}, asked)


def _bare_look(case: Case) -> str:
    return request_text("GET", f"/validate/{case.decision_id}", {})


def _print_table(name: str, table: Table) -> None:
    print(f"\n{name}")
    print(f"  {'':<26}{'clients':>8}{'rate':>10}{'p50':>11}{'p99':>11}{'CPU each':>12}")
    for clients in CLIENTS:
        for what in ("bare view, reads", "check", "ask again", "bare view", "redeem"):
            print(
                f"  {what:<26}{clients:>8}{table.rate(what, clients):>8.0f}/s"
                f"{table.late(what, clients, 0.5):>8.2f} ms{table.late(what, clients, 0.99):>8.2f} ms"
                f"{table.work(what, clients):>9.2f} ms"
            )
    for floor, what in (("bare view, reads", "check"), ("bare view", "redeem")):
        rates = [table.rate(what, clients) / table.rate(floor, clients) for clients in CLIENTS]
        late = table.late(what, 8, 0.99) / table.late(floor, 8, 0.99)
        print(
            f"  {what}: {rates[0]:.0%} of the bare view's rate with 1 client, {rates[1]:.0%} with 8 "
            f"(goal: 60 %); p99 {late:.2f} times with 8 (goal: 2.5)"
        )


def _print_memory(pair: Pair) -> None:
    service, bare = pair.service.memory() / 2**20, pair.bare.memory() / 2**20
    print(f"  memory of a worker: {service:.0f} MB (goal: 160), the bare view's {bare:.0f} MB")


def _print_alone(stage: Stage, plan: Plan) -> None:
    for clients in CLIENTS:
        for name, alone in (("SQLAlchemy", sqlalchemy_alone), ("the driver", driver_alone)):
            cases = stage.cases(plan.requests[clients])
            rate = alone(stage.database, cases, clients)
            print(f"  the guarded statement alone, {name:<12}{clients:>3} threads {rate:>8.0f}/s")
    print()


if __name__ == "__main__":
    main()
