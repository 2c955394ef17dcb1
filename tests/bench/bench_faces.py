"""How long it takes until an action on one face of a visit stands on its three other faces.

Fifty visits of four HTTP clients each (kiosk, tablet, the owner's phone, customer care) against one server:
every client reports what it shows each eight seconds, as a page does, and the kiosks answer a question now
and then. One stream follows the store, as one process of the faces does; whoever is told reads the visit over
HTTP. The time runs from before the action is sent until each other face has read what it changed. Beside it
stands the round trip of one reading on the idle server, of the same run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from store_api.demo.service import demo_people
from store_api.logs import configure_logs
from tests.bench.redeem.servers import running
from tests.postgres import PostgresDatabases, PostgresServer
from tests.store_api.demo_fixtures import prepare_demo
from tests.store_api.factories import make_settings

VISITS = 50
SECONDS = 20.0
REPORT_SECONDS = 8.0
ACT_SECONDS = 0.2
IDLE_READS = 200
PHONES = ("orbit-5-128", "orbit-5-256", "lumen-8-128", "pico-2-64")
KEYS = "t1:" + base64.b64encode(hashlib.sha256(b"only for tests").digest()).decode()


@dataclass
class Stage:
    """The server's address, a connection, and the tokens of the four faces of each visit."""

    http: httpx.Client
    people: dict[str, Any]
    faces: dict[str, dict[str, str]] = field(default_factory=dict)

    def call(self, method: str, path: str, token: str | None, body: Any = None) -> Any:
        """One request with a key of its own; the answer's JSON."""
        headers = {"Idempotency-Key": f"bench-{random.getrandbits(80):x}"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        answer = self.http.request(method, path, json=body, headers=headers)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:200]}"
        return answer.json() if answer.content else None


def main() -> None:
    """Measure on both databases and print."""
    configure_logs("error")
    seconds = 5.0 if "--quick" in sys.argv else SECONDS
    print(f"{VISITS} visits of four faces each, {seconds:.0f} s, an action every {ACT_SECONDS:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        _measure("SQLite", prepare_demo(f"sqlite:///{folder}/bench.db"), Path(folder), seconds)
    with PostgresServer() as server, tempfile.TemporaryDirectory() as folder:
        url = prepare_demo(PostgresDatabases(server.url).new(None))
        _measure("PostgreSQL", url, Path(folder), seconds)


def _measure(name: str, url: str, folder: Path, seconds: float) -> None:
    variables = {
        "SAMETERMS_DATABASE_URL": url,
        "SAMETERMS_KEYS": KEYS,
        "SAMETERMS_THREADS": "32",
        "SAMETERMS_LOG_LEVEL": "error",
    }
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    with running(["store_api", "serve"], variables, folder / "server.log") as server:
        http = httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30, limits=limits)
        stage = Stage(http, demo_people(make_settings(url)))
        _furnish(stage)
        idle = _read_idle(stage)
        told = _run(stage, seconds)
        http.close()
    for what, times in (("idle round trip", idle), ("action to another face", told)):
        ordered = sorted(times)
        late = ordered[int(len(ordered) * 0.95)]
        print(
            f"{name:11} {what:23} n {len(ordered):5}   median {statistics.median(ordered):7.1f} ms"
            f"   p95 {late:7.1f} ms   longest {ordered[-1]:7.1f} ms"
        )


def _furnish(stage: Stage) -> None:
    """Fifty visits of one family at the kiosk, each with the rep, the owner's phone and the agent in it."""
    token = {each["station"]: each["token"] for each in stage.people["devices"]}
    rep, care = (_sign_in(stage, token, *who) for who in (("tablet-1", "Jordan"), ("care-desk", "Kim")))
    stage.call("POST", "/v1/calls", care, _who(stage, "Rosa"))
    for _ in range(VISITS):
        visit = stage.call("POST", "/v1/visits", token["kiosk-1"], {})["visit_id"]
        stage.call("POST", f"/v1/visits/{visit}/identity", token["kiosk-1"], _who(stage, "Maya"))
        code = stage.call("POST", f"/v1/visits/{visit}/join-codes", token["kiosk-1"], {})["code"]
        phone = stage.call("POST", "/v1/joins", None, {"code": code})["token"]
        stage.call("POST", "/v1/phones/current/identity", phone, _who(stage, "Rosa"))
        stage.faces[visit] = {"kiosk": token["kiosk-1"], "tablet": rep, "phone": phone, "care": care}


def _sign_in(stage: Stage, tokens: dict[str, str], station: str, name: str) -> str:
    found = next(each for each in stage.people["staff"] if each["name"] == name)
    body = {"staff_number": found["staff_number"], "pin": found["pin"]}
    return str(stage.call("POST", "/v1/staff/sessions", tokens[station], body)["token"])


def _who(stage: Stage, name: str) -> dict[str, str]:
    people = (each for account in stage.people["accounts"] for each in account["people"])
    found = next(each for each in people if each["name"] == name)
    return {"telephone": found["telephone"], "pin": found["pin"]}


def _read_idle(stage: Stage) -> list[float]:
    visit, faces = next(iter(stage.faces.items()))
    times = []
    for _ in range(IDLE_READS):
        begun = time.perf_counter()
        stage.call("GET", f"/v1/visits/{visit}", faces["tablet"])
        times.append((time.perf_counter() - begun) * 1000)
    return times


@dataclass
class Waiting:
    """What was sent and is not on every other face yet: by visit, the revision it made and when it began."""

    begun: dict[str, tuple[float, int]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    times: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def _run(stage: Stage, seconds: float) -> list[float]:
    waiting, stopped = Waiting(), threading.Event()
    with ThreadPoolExecutor(24) as pool:
        follower = threading.Thread(target=_follow, args=(stage, waiting, pool, stopped), daemon=True)
        follower.start()
        reporter = threading.Thread(target=_report, args=(stage, pool, stopped), daemon=True)
        reporter.start()
        time.sleep(1)
        until, visits, number = time.monotonic() + seconds, list(stage.faces), 0
        while time.monotonic() < until:
            _act(stage, waiting, visits[number % len(visits)], PHONES[number // len(visits) % len(PHONES)])
            number += 1
            time.sleep(ACT_SECONDS)
        time.sleep(2)
        stopped.set()
        reporter.join()
    return waiting.times


def _act(stage: Stage, waiting: Waiting, visit: str, sku: str) -> None:
    begun = time.perf_counter()
    with waiting.lock:
        waiting.begun[visit] = (begun, -1)
        waiting.seen[visit] = set()
    body = {"sku": sku, "facts": {"order.agreement_months": 24}}
    answer = stage.call("PUT", f"/v1/visits/{visit}/order", stage.faces[visit]["kiosk"], body)
    with waiting.lock:
        waiting.begun[visit] = (begun, int(answer["revision"]))


def _follow(stage: Stage, waiting: Waiting, pool: ThreadPoolExecutor, stopped: threading.Event) -> None:
    """One stream for all; each other face of the visit that it names reads at once."""
    headers = {"Authorization": f"Bearer {next(iter(stage.faces.values()))['tablet']}"}
    ended = suppress(httpx.HTTPError)  # the connection is closed under it at the end
    with ended, stage.http.stream("GET", "/v1/events", headers=headers, timeout=60) as stream:
        for line in stream.iter_lines():
            if stopped.is_set():
                return
            if line.startswith("data:"):
                event = json.loads(line.removeprefix("data:"))
                if event["what"] == "order.changed":
                    for face in ("tablet", "phone", "care"):
                        pool.submit(_read, stage, waiting, event["visit_id"], face)


def _read(stage: Stage, waiting: Waiting, visit: str, face: str) -> None:
    shown = stage.call("GET", f"/v1/visits/{visit}", stage.faces[visit][face])
    now = time.perf_counter()
    with waiting.lock:
        begun, revision = waiting.begun.get(visit, (0.0, 0))
        if begun and shown["revision"] >= revision and face not in waiting.seen[visit]:
            waiting.seen[visit].add(face)
            waiting.times.append((now - begun) * 1000)


def _report(stage: Stage, pool: ThreadPoolExecutor, stopped: threading.Event) -> None:
    """Every face says each eight seconds what it shows, spread over the time."""
    faces = [(visit, token) for visit, each in stage.faces.items() for token in each.values()]
    while not stopped.is_set():
        for visit, token in faces:
            if stopped.wait(REPORT_SECONDS / len(faces)):
                return
            path = f"/v1/visits/{visit}/participants/current"
            pool.submit(stage.call, "PUT", path, token, {"terms_code": None})


if __name__ == "__main__":
    main()
