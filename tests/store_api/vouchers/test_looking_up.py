"""Vouchers looked up and made void over the API: by whom, what they are told, and what stays hidden."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import sqlalchemy as sa

from store_api.audit.models import LogEntryRow
from store_api.campaigns.service import begin
from store_api.contract import CampaignRequest
from store_api.outbox import OutboxEvent
from store_api.partners.service import add_partner
from store_api.vouchers import service as vouchers
from store_api.vouchers.ledger import find_faults
from store_api.vouchers.searching import Search, search_in
from store_api.vouchers.service import NewVoucher, issue
from tests.store_api.clients import Client
from tests.store_api.factories import KEYS, make_work
from tests.store_api.story import Story, body_of

THANK_YOU, IRIS, NORA = "wireline-thank-you-20", "acc_demo_combining", "acc_demo_wireline"


@pytest.fixture
def partner(story: Story) -> Client:
    """A system of the carrier, for the whole chain."""
    with story.database.transaction() as session:
        return Client(story.app, add_partner(make_work(session), "billing", None)[1])


def search(caller: Client, **wanted: Any) -> Any:
    return body_of(caller.post("/v1/vouchers/search", wanted, key=None))


def of_nora(partner: Client) -> Any:
    return next(each for each in search(partner, account_id=NORA)["vouchers"] if each["policy"] == THANK_YOU)


def void(caller: Client, voucher_id: str, reason: str = "lost_or_stolen") -> Any:
    return caller.post(f"/v1/vouchers/{voucher_id}/void", {"reason": reason})


def series(story: Story, count: int) -> list[str]:
    """A campaign with so many vouchers of bearers, by identifier."""
    with story.database.transaction() as session:
        work = make_work(session, story.clock.now)
        begin(work, CampaignRequest(campaign_id="c", policy=THANK_YOU))
        new = NewVoucher(THANK_YOU, work.now.date(), amount_minor=2000, currency="USD", campaign_id="c")
        made = [issue(session, new, KEYS, session.info["random_bytes"], work.now)[0] for _ in range(count)]
    return sorted(key.voucher_id for key in made)


# --- Looking up ----------------------------------------------------------------------------------------


def test_a_voucher_is_found_by_its_code_its_line_its_account_and_its_campaign(
    story: Story, partner: Client
) -> None:
    (first, *_) = series(story, 2)
    found = search(partner, code=story.code("bearer-thank-you").lower())
    assert [each["belongs_to"] for each in found["vouchers"]] == ["bearer"]
    assert found["vouchers"][0]["account_id"] is None
    mine = search(partner, account_id=NORA)["vouchers"]
    assert {each["account_id"] for each in mine} == {NORA}
    by_number = search(partner, telephone=story.person("Nora")["telephone"])["vouchers"]
    assert [each["voucher_id"] for each in by_number] == [each["voucher_id"] for each in mine]
    assert search(partner, campaign_id="c")["vouchers"][0]["voucher_id"] == first


def test_a_line_finds_its_own_vouchers_and_its_accounts_and_no_other_lines(
    story: Story, partner: Client
) -> None:
    with story.database.transaction() as session:
        random_bytes, today = session.info["random_bytes"], story.clock.now.date()
        for line_id in (None, "lin_own", "lin_other"):
            new = NewVoucher(THANK_YOU, today, account_id="acc_new", line_id=line_id)
            issue(session, new, KEYS, random_bytes, story.clock.now)
    found = search(partner, account_id="acc_new", line_id="lin_own")["vouchers"]
    assert [each["line_id"] for each in found] == [None, "lin_own"]
    assert len(search(partner, account_id="acc_new")["vouchers"]) == 3


def test_a_campaign_is_told_page_by_page_and_by_state(story: Story, partner: Client) -> None:
    made = series(story, 5)
    body_of(void(partner, made[3]))
    seen: list[str] = []
    after: str | None = None
    while True:
        page = search(partner, campaign_id="c", limit=2, **({"after": after} if after else {}))
        seen += [each["voucher_id"] for each in page["vouchers"]]
        after = page["next_after"]
        if after is None:
            break
    assert seen == made
    voided = search(partner, campaign_id="c", state="void")["vouchers"]
    assert [each["voucher_id"] for each in voided] == [made[3]]
    assert len(search(partner, campaign_id="c", state="usable")["vouchers"]) == 4


def test_the_state_that_is_searched_is_the_one_that_customers_are_told(story: Story) -> None:
    """Every state occurs, and database and view agree on each voucher, today and after many days."""
    used = story.walk_in("Nora")
    used.say()
    body_of(story.rep.post(f"/v1/orders/{used.ask(THANK_YOU)['order_id']}/confirm"))
    held = story.walk_in("Maya")
    held.reserve(held.get_yes())
    with story.database.transaction() as session:
        today = story.clock.now.date()
        for days in ({"ends_on": today - dt.timedelta(1)}, {"starts_on": today + dt.timedelta(1)}, {}):
            new = NewVoucher(THANK_YOU, today, IRIS, amount_minor=500, currency="USD", **days)
            key, _ = issue(session, new, KEYS, session.info["random_bytes"], story.clock.now)
        vouchers.withdraw(make_work(session, story.clock.now), key)
    states = set()
    for _ in range(2):
        now = story.clock.now
        with story.database.reading() as session:
            for found in search_in(session, Search(limit=500), now.date(), now):
                view = vouchers.find(session, found.key)
                assert view is not None
                assert view.state(now, "UTC") == found.state
                assert found.balance_minor == (view.balance_minor or 0)
                states.add(found.state)
        story.clock.advance(days=400)
    assert states == {"usable", "held", "used", "expired", "void", "not_yet_valid"}


def test_an_unknown_code_is_counted_and_a_text_that_is_none_is_named(story: Story, partner: Client) -> None:
    assert search(partner, code="0" * 12 + "A")["code"] == "code.wrong_check"
    unknown = vouchers.draw_code(lambda count: bytes(range(7, 7 + count)))
    for _ in range(story.settings.wrong_codes):
        assert search(partner, code=unknown) == {
            "vouchers": [], "code": "voucher.not_found", "next_after": None,
        }  # fmt: skip
    closed = partner.post("/v1/vouchers/search", {"code": story.code("bearer-thank-you")}, key=None)
    assert (closed.status_code, closed.json["code"]) == (429, "code.too_many_tries")


def test_a_number_that_nobody_has_finds_nothing_and_says_no_more(partner: Client) -> None:
    nothing = {"vouchers": [], "code": None, "next_after": None}
    assert search(partner, telephone="+1 212 555 0100") == nothing
    assert search(partner, telephone="not a number") == nothing


@pytest.mark.parametrize(
    "body",
    [{}, {"state": "void"}, {"account_id": "a", "campaign_id": "c"}, {"line_id": "l", "campaign_id": "c"},
     {"account_id": "a", "limit": 0}, {"account_id": "a", "limit": 201}],
)  # fmt: skip
def test_one_thing_is_looked_for_at_a_time(partner: Client, body: Any) -> None:
    assert partner.post("/v1/vouchers/search", body, key=None).status_code == 422


def test_a_manager_looks_up_codes_alone_and_is_not_told_whose_a_voucher_is(
    story: Story, partner: Client
) -> None:
    manager = story.staff("Alex")
    (found,) = search(manager, code=story.code("family-credit"))["vouchers"]
    assert (found["account_id"], found["line_id"]) == (None, None)
    shown = body_of(manager.get(f"/v1/vouchers/{found['voucher_id']}"))
    assert (shown["voucher"]["account_id"], shown["movements"]) == (None, None)
    for wanted in ({"account_id": NORA}, {"telephone": "+12125550100"}, {"campaign_id": "c"}):
        assert manager.post("/v1/vouchers/search", wanted, key=None).status_code == 403
    told = body_of(partner.get(f"/v1/vouchers/{found['voucher_id']}"))
    assert told["voucher"]["account_id"] is not None
    assert [each["kind"] for each in told["movements"]] == ["issued"]


def test_a_partner_of_one_store_is_told_of_no_voucher(story: Story, partner: Client) -> None:
    store_id = story.cast["stores"][0]["store_id"]
    with story.database.transaction() as session:
        local = Client(story.app, add_partner(make_work(session), "till vendor", store_id)[1])
    voucher_id = of_nora(partner)["voucher_id"]
    assert local.post("/v1/vouchers/search", {"account_id": NORA}, key=None).status_code == 403
    assert local.get(f"/v1/vouchers/{voucher_id}").status_code == 403
    assert void(local, voucher_id).status_code == 403


# --- Making void ---------------------------------------------------------------------------------------


def test_a_voucher_that_was_made_void_is_void_everywhere_and_told(story: Story, partner: Client) -> None:
    voucher_id = of_nora(partner)["voucher_id"]
    answer = body_of(void(story.staff("Alex"), voucher_id))
    assert (answer["state"], answer["balance"]["amount"]) == ("void", "0.00")
    visitor = story.walk_in("Nora")
    visitor.say()
    assert visitor.ask(THANK_YOU)["codes"] == ["voucher.void"]
    movements = body_of(partner.get(f"/v1/vouchers/{voucher_id}"))["movements"]
    assert [(each["kind"], each["amount"]["amount"]) for each in movements] == [
        ("issued", "20.00"),
        ("withdrawn", "-20.00"),
    ]
    assert body_of(void(partner, voucher_id, "other"))["voided_at"] == answer["voided_at"]
    with story.database.reading() as session:
        (entry,) = session.scalars(sa.select(LogEntryRow).where(LogEntryRow.action == "voucher.voided"))
        (event,) = session.scalars(sa.select(OutboxEvent).where(OutboxEvent.type == "voucher.voided"))
        assert list(find_faults(session)) == []
    assert (entry.subject, entry.details["reason"]) == (voucher_id, "lost_or_stolen")
    told = json.loads(event.body)["data"]
    assert told == {
        "voucher_id": voucher_id, "store_id": event.store_id, "policy": THANK_YOU,
        "reason": "lost_or_stolen", "amount": {"amount": "20.00", "currency": "USD"},
    }  # fmt: skip


def test_what_is_reserved_is_void_too_and_is_not_used(story: Story, partner: Client) -> None:
    visitor = story.walk_in("Nora")
    visitor.say()
    decision = visitor.ask(THANK_YOU)
    assert visitor.reserve(decision)["hold"] is not None
    body_of(void(partner, decision["voucher_id"]))
    refused = body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm"))
    assert (refused["redemption"], refused["decision"]["codes"]) == (None, ["voucher.void"])


def test_a_voucher_that_is_used_up_is_not_made_void(story: Story, partner: Client) -> None:
    visitor = story.walk_in("Nora")
    visitor.say()
    body_of(story.rep.post(f"/v1/orders/{visitor.ask(THANK_YOU)['order_id']}/confirm"))
    used = of_nora(partner)
    answer = void(partner, used["voucher_id"])
    assert (answer.status_code, answer.json["code"]) == (409, "voucher.nothing_left")
    assert of_nora(partner)["state"] == "used"


@pytest.mark.parametrize("voucher_id", ["vou_nobody", "1"])
def test_a_voucher_that_is_not_there_is_404(partner: Client, voucher_id: str) -> None:
    assert partner.get(f"/v1/vouchers/{voucher_id}").status_code == 404
    assert void(partner, voucher_id).status_code == 404
