"""Credits reach billing once, whatever happens on the way, and are chased until they are confirmed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from store_api import outbox
from store_api.audit import service as audit
from store_api.billing import service as billing
from store_api.billing.file_port import FileBilling, read_confirmation
from store_api.billing.http_port import HttpBilling
from store_api.billing.models import PostingRow
from store_api.billing.ports import BillingFailed, BillingPort, Confirmation, Posting
from store_api.connecting import FOLLOWERS
from tests.store_api.story import Story, body_of


@dataclass
class FakeBilling:
    """A billing system that can be away, forgetful or slow to confirm."""

    taken: dict[str, Posting] = field(default_factory=dict)
    said: dict[str, Confirmation] = field(default_factory=dict)
    posts: int = 0
    is_away: bool = False

    def post(self, posting: Posting) -> None:
        self.posts += 1
        if self.is_away:
            raise BillingFailed("billing answered 503")
        self.taken[posting.posting_id] = posting

    def look_up(self, posting: Posting) -> Confirmation | None:
        if self.is_away:
            raise BillingFailed("billing answered 503")
        if posting.posting_id not in self.taken:
            return None
        return self.said.get(posting.posting_id, Confirmation("pending"))


def use_a_credit(story: Story) -> dict[str, Any]:
    """Maya uses her credit; the redemption."""
    order_id = story.walk_in("Maya").get_yes()["order_id"]
    answer = body_of(story.rep.post(f"/v1/orders/{order_id}/confirm"))
    found: dict[str, Any] = answer["redemption"]
    return found


def hand_on(story: Story) -> None:
    while outbox.hand_on(story.database, FOLLOWERS, story.clock()):
        pass


def work(story: Story, port: BillingPort, minutes: float = 0) -> None:
    story.clock.advance(minutes=minutes)
    hand_on(story)
    billing.step(story.database, port, story.clock())


def postings(story: Story) -> list[PostingRow]:
    with story.database.reading() as session:
        return list(session.scalars(sa.select(PostingRow).order_by(PostingRow.posting_id)))


def test_a_used_credit_is_posted_once_and_its_confirmation_is_kept(story: Story) -> None:
    used, port = use_a_credit(story), FakeBilling()
    work(story, port)
    (row,) = postings(story)
    assert (row.state, row.redemption_id, row.form) == ("posted", used["redemption_id"], "instant_credit")
    (posting,) = port.taken.values()
    assert (posting.amount, posting.currency, posting.order_id) == ("49.99", "USD", used["order_id"])
    work(story, port, minutes=1)
    assert postings(story)[0].state == "posted"
    port.said[row.posting_id] = Confirmation("accepted", "B-77", "49.99")
    work(story, port, minutes=1)
    (row,) = postings(story)
    assert (row.state, row.confirmation, row.billed_minor) == ("confirmed", "B-77", 4999)
    work(story, port, minutes=120)
    assert port.posts == 1


def test_handing_the_same_event_on_twice_makes_one_posting(story: Story) -> None:
    use_a_credit(story)
    hand_on(story)
    with story.database.transaction() as session:
        session.execute(sa.update(outbox.OutboxEvent).values(told_at=None))
    hand_on(story)
    assert len(postings(story)) == 1


def test_while_billing_is_away_it_waits_longer_each_time_and_loses_nothing(story: Story) -> None:
    use_a_credit(story)
    port = FakeBilling(is_away=True)
    work(story, port)
    waits = []
    for _ in range(4):
        (row,) = postings(story)
        assert (row.state, row.last_fault) == ("waiting", "billing answered 503")
        waits.append((row.next_at - story.clock()).total_seconds())
        work(story, port, minutes=waits[-1] / 60)
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]
    port.is_away = False
    work(story, port, minutes=60)
    assert postings(story)[0].state == "posted"


def test_what_billing_has_forgotten_is_posted_again_under_the_same_identifier(story: Story) -> None:
    use_a_credit(story)
    port = FakeBilling()
    work(story, port)
    first = set(port.taken)
    port.taken.clear()
    work(story, port, minutes=1)
    work(story, port, minutes=5)
    assert set(port.taken) == first
    assert port.posts == 2


def test_what_is_not_confirmed_for_hours_is_handed_over_once_more(story: Story) -> None:
    use_a_credit(story)
    port = FakeBilling()
    work(story, port)
    work(story, port, minutes=7 * 60)
    work(story, port, minutes=61)
    assert port.posts == 2
    assert len(port.taken) == 1


def test_a_refusal_is_kept_with_its_reason(story: Story) -> None:
    use_a_credit(story)
    port = FakeBilling()
    work(story, port)
    port.said[postings(story)[0].posting_id] = Confirmation("rejected", "B-1", None, "account closed")
    work(story, port, minutes=1)
    (row,) = postings(story)
    assert (row.state, row.last_fault, row.billed_minor) == ("rejected", "account closed", None)


def test_a_use_that_is_undone_is_reversed_in_billing(story: Story) -> None:
    used, port = use_a_credit(story), FakeBilling()
    with story.database.transaction() as session:
        details = {"redemption": used["redemption_id"], "reason": "order_returned", "became": "restored"}
        audit.record(
            session, action="redemption.voided", actor="stf_1", subject=used["voucher_id"],
            now=story.clock(), details=details,
        )  # fmt: skip
    work(story, port)
    assert sorted(each.kind for each in port.taken.values()) == ["credit", "reversal"]


def test_several_at_once_post_each_credit_once(story: Story) -> None:
    use_a_credit(story)
    hand_on(story)
    port, start = FakeBilling(), threading.Barrier(4)

    def run() -> None:
        start.wait(5)
        billing.step(story.database, port, story.clock())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert port.posts == 1


POSTING = Posting(
    "pst_1", "credit", "acc_1", "red_1", "vou_1", "ord_1", "sto_1", "AAAAA-BBBBB", "instant_credit", "49.99",
    "USD", "2026-11-21T16:00:00+00:00",
)  # fmt: skip


def test_a_file_has_each_posting_once_also_after_half_a_line(tmp_path: Path) -> None:
    path = tmp_path / "postings"
    path.write_bytes(b'{"posting_id": "pst_0"}\n{"posting_id": "ps')
    for _ in range(3):
        FileBilling(path).post(POSTING)
    lines = path.read_bytes().splitlines()
    assert [json.loads(line)["posting_id"] for line in lines if line.endswith(b"}")] == ["pst_0", "pst_1"]
    port = FileBilling(path)
    assert port.look_up(POSTING) == Confirmation("pending")
    confirmed = {"posting_id": "pst_1", "state": "accepted", "reference": "B-1", "amount": "49.99"}
    path.with_name("postings.confirmed").write_text(f"nonsense\n{json.dumps(confirmed)}\n")
    assert port.look_up(POSTING) == Confirmation("accepted", "B-1", "49.99")
    with pytest.raises(BillingFailed):
        FileBilling(tmp_path / "no" / "folder").post(POSTING)


@pytest.mark.parametrize("told", [{}, {"state": "paid"}, {"state": "accepted", "amount": 5}])
def test_an_answer_that_is_not_in_the_form_is_a_fault_and_no_confirmation(told: dict[str, Any]) -> None:
    with pytest.raises(BillingFailed):
        read_confirmation(told)


@pytest.fixture
def billing_server() -> Iterator[tuple[str, dict[str, Any]]]:
    """Billing over HTTP, on this machine: what it was sent, by path; `status` and `body` answer."""
    seen: dict[str, Any] = {"status": 200, "body": b"{}", "requests": []}

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen["requests"].append((self.command, self.path, dict(self.headers), body))
            self.send_response(seen["status"])
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", str(len(seen["body"])))
            self.end_headers()
            self.wfile.write(seen["body"])

        do_PUT = do_GET = _answer

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api", seen
    server.shutdown()
    server.server_close()
    thread.join()


def test_over_http_a_posting_is_put_under_its_identifier_and_looked_up(
    billing_server: tuple[str, dict[str, Any]],
) -> None:
    url, seen = billing_server
    port = HttpBilling(url, "a-token", 2.0)
    port.post(POSTING)
    method, path, headers, body = seen["requests"][0]
    assert (method, path, headers["Idempotency-Key"]) == ("PUT", "/api/postings/pst_1", "pst_1")
    assert (headers["Authorization"], json.loads(body)) == ("Bearer a-token", POSTING.as_json())
    seen["body"] = b'{"state": "accepted", "reference": "B-9", "amount": "49.99"}'
    assert port.look_up(POSTING) == Confirmation("accepted", "B-9", "49.99")
    seen["status"] = 404
    assert port.look_up(POSTING) is None
    for status, answer in ((302, b""), (500, b""), (200, b"<html>"), (200, b"[]")):
        seen.update(status=status, body=answer)
        with pytest.raises(BillingFailed):
            port.look_up(POSTING)
    seen["status"] = 307
    with pytest.raises(BillingFailed):
        port.post(POSTING)
    with pytest.raises(BillingFailed):
        HttpBilling("http://127.0.0.1:1", "", 1.0).post(POSTING)
