"""The limits of a day, what a role may do, and two answers at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from store_api import permissions
from store_api.app import close_app, create_app
from store_api.devices.models import DeviceRow
from store_api.staff import service as staff
from store_api.waivers.models import WaiverRow
from store_api.work import Work
from tests.store_api.overrides.asking import (
    OPERATOR,
    Asked,
    ask,
    hire,
    number_of,
    pin_of,
    session_of,
)
from tests.store_api.story import Story, body_of


def limited(story: Story, **settings: Any) -> Story:
    """The same stores under other settings."""
    changed = story.settings.model_copy(update=settings)
    app = create_app(changed, database=story.database, clock=story.clock)
    return replace(story, app=app, settings=changed, clients={})


def waivers(story: Story) -> int:
    with story.database.reading() as session:
        return int(session.scalar(sa.select(sa.func.count()).select_from(WaiverRow)) or 0)


def test_a_case_and_an_approver_have_their_limits_of_a_day(story: Story) -> None:
    hire(story)
    for other, code in (
        (limited(story, overrides_of_case=1), "override.limit_of_case"),
        (limited(story, overrides_of_case=9, overrides_of_approver=1), "override.limit_of_approver"),
        (limited(story, overrides_of_case=9, override_amount_of_approver=99), "override.limit_of_approver"),
    ):
        alex, codes = session_of(other, "Alex"), []
        for _ in range(2):
            asked = ask(other)
            codes.append(asked.answer(alex, pin_of("Alex"))["code"])
        assert codes == [None, code]
        assert asked.look()["outcome"] == "not_eligible"
        assert asked.read(alex)["state"] == "asked"
        story.clock.advance(hours=25)
        other.clients.clear()
        tomorrow = ask(other).answer(session_of(other, "Alex"), pin_of("Alex"))
        assert tomorrow["code"] is None
        other.clients.clear()
        story.clock.advance(hours=25)
        close_app(other.app)


def test_permissions_only_narrow_and_are_told_to_the_caller(story: Story) -> None:
    for text in ("rep:term.waive=allowed", "rep:no.such=never", "author:term.waive=never", "nonsense"):
        with pytest.raises(ValueError, match=r"write role:action=never|only be narrowed"):
            permissions.read_permissions(text)
    own = body_of(story.rep.get("/v1/permissions"))["actions"]
    assert (own["term.waive"], own["redemption.void"]) == ("needs_approval", "never")
    text = "rep:term.waive=never,manager:override.approve_on_shared_device=never"
    asked = ask(story)
    other = limited(story, permissions=text)
    refused = asked.answer(session_of(other, "Alex"), pin_of("Alex"))
    assert refused["code"] == "override.not_your_device"
    path = f"/v1/visits/{asked.visit_id}/overrides"
    body = {"terms": ["since-last-upgrade"], "reason": "hardship"}
    assert other.rep.post(path, body).status_code == 403
    close_app(other.app)


def own_device(story: Story, name: str) -> None:
    """The second tablet of the store becomes somebody's own."""
    with story.database.transaction() as session:
        work = Work(session, story.clock.now, OPERATOR, story.settings)
        row = session.scalars(sa.select(DeviceRow).where(DeviceRow.station == "tablet-1")).one()
        row.owner_id = staff.find_id(work, number_of(name))


def test_an_own_device_is_its_owners_alone_and_its_approvals_are_not_told_again(story: Story) -> None:
    asked = ask(story)
    alex = session_of(story, "Alex")
    own_device(story, "Alex")
    signing_in = {"staff_number": number_of("Jordan"), "pin": pin_of("Jordan")}
    refused = body_of(story.device("tablet-1").post("/v1/staff/sessions", signing_in))
    assert (refused["code"], refused["token"]) == ("identity.wrong", None)
    answer = asked.answer(alex, pin_of("Alex"))
    assert (answer["code"], answer["override"]["through"]) == (None, "own_device")


def together(*answers: tuple[Asked, Any, str]) -> list[Any]:
    """Answers that are sent at the same moment."""
    with ThreadPoolExecutor(len(answers)) as pool:
        sent = [pool.submit(asked.answer, client, pin_of(name)) for asked, client, name in answers]
        return [each.result()["code"] for each in sent]


def test_two_answers_at_once_give_one_exception(story: Story) -> None:
    hire(story)
    asked = ask(story)
    codes = together(*((asked, session_of(story, name), name) for name in ("Alex", "Blair", "Sasha")))
    assert sorted(codes, key=str) == [None, "override.over", "override.over"]
    assert waivers(story) == 1


def test_two_managers_who_approve_each_other_at_once_are_a_circle(story: Story) -> None:
    hire(story)
    of_blair, of_sasha = ask(story, "Blair"), ask(story, "Sasha")
    codes = together(
        (of_blair, session_of(story, "Sasha"), "Sasha"), (of_sasha, session_of(story, "Blair"), "Blair")
    )
    assert sorted(codes, key=str) == [None, "override.circle"]
    assert waivers(story) == 1
