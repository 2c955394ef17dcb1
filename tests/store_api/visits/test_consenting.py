"""An owner's leave over the API: who gives it, what follows from it, and what taking it back stops."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from store_api.accounts import service as accounts
from store_api.accounts.models import ConsentRow, LineRow
from store_api.audit.models import LogPersonalField
from store_api.audit.service import commitment
from store_api.vouchers.models import Voucher, VoucherUse
from tests.store_api.factories import make_work
from tests.store_api.story import CREDIT, Story, Visitor, body_of

FAMILY = "acc_demo_family"
NO_LEAVE = "acc_demo_no_leave"


def listed(visitor: Visitor) -> dict[str, Any]:
    """What the owner is shown, by the line's label."""
    found = body_of(visitor.client.get(f"/v1/visits/{visitor.visit_id}/consents"))["consents"]
    return {each["line"]["label"]: each for each in found}


def wish(visitor: Visitor, label: str, allowed: bool, **options: Any) -> Any:
    """The owner's PUT for a line; the whole answer."""
    line_id = line_of(visitor.story, label)
    path = f"/v1/visits/{visitor.visit_id}/consents/{line_id}"
    return visitor.client.put(path, {"allowed": allowed}, **options)


def line_of(story: Story, label: str) -> str:
    with story.database.reading() as session:
        return str(session.scalars(sa.select(LineRow.line_id).where(LineRow.label == label)).one())


def ask_as(story: Story, name: str) -> tuple[Visitor, Any]:
    """A member walks in, chooses the phone and 24 months, and asks for the credit."""
    visitor = story.walk_in(name)
    visitor.say()
    return visitor, visitor.ask()


def count(story: Story, model: Any) -> int:
    with story.database.reading() as session:
        return int(session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def test_an_owner_sees_the_lines_that_need_leave_and_what_they_have(story: Story) -> None:
    shown = listed(story.walk_in("Rosa"))
    assert list(shown) == ["Leo", "Maya", "Sam"]
    assert shown["Leo"] == {
        "line": {"line_id": line_of(story, "Leo"), "label": "Leo", "last_four": "0155"},
        "allowed": False,
        "everything": False,
        "policies": [],
    }
    assert (shown["Maya"]["allowed"], shown["Maya"]["everything"]) == (True, False)
    assert [each["policy"] for each in shown["Maya"]["policies"]] == [CREDIT]
    assert shown["Maya"]["policies"][0]["title"]["en"] == "$50 upgrade credit"


def test_a_leave_for_one_voucher_is_shown_by_that_vouchers_policy(story: Story) -> None:
    with story.database.transaction() as session:
        voucher = session.scalars(sa.select(Voucher.voucher_id).where(Voucher.account_id == NO_LEAVE)).one()
        line = line_of(story, "Tom")
        accounts.give_consent(make_work(session), NO_LEAVE, line, "per_owner", voucher_id=voucher)
    tom = listed(story.walk_in("Grace"))["Tom"]
    assert (tom["allowed"], tom["everything"]) == (True, False)
    assert [each["policy"] for each in tom["policies"]] == [CREDIT]


def test_the_members_next_answer_is_yes_under_the_same_terms(story: Story) -> None:
    visitor, refused = ask_as(story, "Tom")
    assert refused["codes"] == ["consent.missing"]
    given = body_of(wish(story.walk_in("Grace"), "Tom", True))
    assert (given["allowed"], given["everything"], given["policies"]) == (True, True, [])
    decision = visitor.ask()
    assert (decision["outcome"], decision["codes"]) == ("eligible", [])
    assert (decision["policy"], decision["version"]) == (refused["policy"], refused["version"])
    assert [(term["term"], term["says"], term["status"]) for term in decision["terms"]] == [
        (term["term"], term["says"], term["status"]) for term in refused["terms"]
    ]


def test_after_the_leave_is_taken_back_the_answer_is_no_again(story: Story) -> None:
    owner = story.walk_in("Grace")
    wish(owner, "Tom", True)
    _, decision = ask_as(story, "Tom")
    assert decision["outcome"] == "eligible"
    assert body_of(wish(owner, "Tom", False))["allowed"] is False
    assert ask_as(story, "Tom")[1]["codes"] == ["consent.missing"]


def test_taking_back_ends_every_leave_of_the_line_whatever_it_was_for(story: Story) -> None:
    owner = story.walk_in("Rosa")
    both = body_of(wish(owner, "Maya", True))
    assert (both["everything"], both["policies"]) == (True, [])
    assert body_of(wish(owner, "Maya", False))["allowed"] is False
    assert ask_as(story, "Maya")[1]["codes"] == ["consent.missing"]
    assert ask_as(story, "Sam")[1]["codes"] == []


def test_taking_back_leaves_a_hold_but_nothing_is_used_after_it(story: Story) -> None:
    visitor, decision = ask_as(story, "Maya")
    assert visitor.reserve(decision)["hold"]["state"] == "held"
    wish(story.walk_in("Rosa"), "Maya", False)
    assert visitor.look()["hold"]["state"] == "held"
    uses = count(story, VoucherUse)
    refused = body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm"))
    assert (refused["code"], refused["redemption"]) == ("terms.changed", None)
    assert refused["decision"]["codes"] == ["consent.missing"]
    assert count(story, VoucherUse) == uses


def test_taking_back_does_not_undo_a_use(story: Story) -> None:
    visitor, decision = ask_as(story, "Maya")
    visitor.reserve(decision)
    used = body_of(story.rep.post(f"/v1/orders/{decision['order_id']}/confirm"))["redemption"]
    uses = count(story, VoucherUse)
    wish(story.walk_in("Rosa"), "Maya", False)
    assert body_of(story.rep.get(f"/v1/redemptions/{used['redemption_id']}")) == used
    assert count(story, VoucherUse) == uses


@pytest.mark.parametrize("name", ["Maya", "Daniel"])
def test_nobody_but_an_owner_sees_or_changes_leave(story: Story, name: str) -> None:
    visitor, before = story.walk_in(name), count(story, ConsentRow)
    seen = visitor.client.get(f"/v1/visits/{visitor.visit_id}/consents")
    for refused in (seen, wish(visitor, "Leo", True), wish(visitor, "Sam", False)):
        assert (refused.status_code, refused.get_json()["code"]) == (403, "consent.not_owner")
    assert count(story, ConsentRow) == before
    assert ask_as(story, "Sam")[1]["codes"] == []


def test_before_the_identity_check_there_is_no_leave_to_give(story: Story) -> None:
    stranger = story.stranger()
    seen = stranger.client.get(f"/v1/visits/{stranger.visit_id}/consents")
    for refused in (seen, wish(stranger, "Leo", True)):
        assert (refused.status_code, refused.get_json()["code"]) == (403, "identity.not_checked")


def test_an_owner_whose_photo_id_was_seen_is_served_by_the_rep(story: Story) -> None:
    stranger = story.stranger()
    stranger.client = story.rep
    telephone = story.person("Grace")["telephone"]
    assert stranger.post("photo-id", {"telephone": telephone})["checked"]
    assert body_of(wish(stranger, "Tom", True))["everything"]
    assert ask_as(story, "Tom")[1]["outcome"] == "eligible"


@pytest.mark.parametrize("label", ["Tom", "Daniel", "Rosa"])
def test_a_line_of_another_account_or_that_needs_no_leave_is_not_found(story: Story, label: str) -> None:
    refused = wish(story.walk_in("Rosa"), label, True)
    assert (refused.status_code, refused.get_json()["code"]) == (404, "resource.not_found")


def test_what_is_so_already_is_answered_and_written_no_second_time(story: Story) -> None:
    owner = story.walk_in("Grace")
    first = body_of(wish(owner, "Tom", True))
    revision, rows = owner.look()["revision"], count(story, ConsentRow)
    assert body_of(wish(owner, "Tom", True)) == first
    assert (owner.look()["revision"], count(story, ConsentRow)) == (revision, rows)


def test_the_same_key_gives_leave_once(story: Story) -> None:
    owner, before = story.walk_in("Grace"), count(story, ConsentRow)
    assert wish(owner, "Tom", True, key="once").data == wish(owner, "Tom", True, key="once").data
    assert wish(owner, "Tom", False, key="once").get_json()["code"] == "idempotency.key_reused"
    assert wish(owner, "Tom", True, key=None).get_json()["code"] == "idempotency.key_missing"
    assert count(story, ConsentRow) == before + 1


def test_the_faces_of_the_store_are_told(story: Story) -> None:
    owner = story.walk_in("Grace")
    wish(owner, "Tom", True)
    wish(owner, "Tom", False)
    told = body_of(story.rep.get("/v1/events?format=json&after=0"))
    assert [event["what"] for event in told][-2:] == ["consent.given", "consent.withdrawn"]
    assert told[-1]["visit_id"] == owner.visit_id


def test_the_log_tells_that_it_was_given_and_of_whom_only_digests(story: Story) -> None:
    owner = story.walk_in("Grace")
    wish(owner, "Tom", True)
    wish(owner, "Tom", False)
    page = body_of(story.staff("Alex").get("/v1/log"))
    while page["next"]:
        older, page = page, body_of(story.staff("Alex").get(f"/v1/log?after={page['next']}"))
        page["entries"] = older["entries"] + page["entries"]
    mine = [
        entry
        for entry in page["entries"]
        if entry["action"].startswith("consent.") and entry["details"].get("visit") == owner.visit_id
    ]
    assert [entry["action"] for entry in mine] == ["consent.given", "consent.withdrawn"]
    assert mine[0]["subject"] == mine[1]["subject"]
    assert {entry["details"]["method"] for entry in mine} == {"person_pin"}
    line = line_of(story, "Tom")
    assert line not in str(mine)
    with story.database.reading() as session:
        kept = session.get(LogPersonalField, (mine[0]["entry_id"], "line_id"))
    assert kept is not None
    assert kept.value == line
    assert mine[0]["details"]["commitments"]["line_id"] == commitment("line_id", line, kept.salt)


@pytest.mark.parametrize(
    ("name", "offered"), [("Rosa", True), ("Daniel", False), ("Maya", False), ("Ben", False)]
)
def test_only_an_owner_with_lines_that_need_leave_is_offered_to_give_it(
    story: Story, name: str, offered: bool
) -> None:
    assert story.walk_in(name).choices()["can_allow_lines"] is offered
