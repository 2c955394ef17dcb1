"""The public page of a policy over the API: its words, its versions, and what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from store_api.contract import ComparisonText
from store_api.policies.pages import weigh_as_told
from store_api.policies.service import load_version, open_book, read_catalogue
from tests.store_api.clients import Client
from tests.store_api.story import CREDIT, Story, body_of

DEMO_POLICIES = Path(__file__).parents[3] / "store_api/demo/policies"


def page(story: Story, policy: str = CREDIT, version: int | None = None) -> Any:
    query = "" if version is None else f"?version={version}"
    return body_of(Client(story.app, None).get(f"/v1/policies/{policy}/page{query}"))


def texts(lines: list[dict[str, Any]], kind: str) -> list[str]:
    return [each["text"] for each in lines if each["kind"] == kind]


def test_anybody_reads_the_version_in_force_and_where_it_stands(story: Story) -> None:
    found = page(story)
    assert found["text"]["version"] == 3
    assert found["mark"]["state"] == "in_force"
    assert (found["before"]["version"], found["after"]) == (2, None)
    assert [each["version"] for each in found["versions"]] == [3, 2, 1]
    assert "Buy a new phone on this line." in texts(found["lines"]["en"], "term")
    assert "A change of plan." in texts(found["lines"]["en"], "free")
    assert len(found["lines"]["en"]) == len(found["lines"]["es"])


def test_what_changed_is_told_against_the_version_before(story: Story) -> None:
    assert page(story, version=1)["changes"] is None
    changed = {each["text"]: each["mark"] for each in page(story, version=2)["changes"]["en"]}
    assert changed["Renew the service agreement for at least 24 months."] == "Asks for more"
    assert changed["A plan of at least $60.00 a month."] == "New"
    old = page(story, version=2)
    assert (old["mark"]["state"], old["after"]["version"]) == ("ended", 3)


def test_groups_and_tiers_keep_their_sense_in_words(story: Story) -> None:
    lines = page(story, "loyalty-credit")["lines"]["en"]
    headings = texts(lines, "heading")
    assert "For $25.00" in headings
    assert "For $100.00" in headings
    bills = page(story, "trade-in-bill-credit")["lines"]["en"]
    assert "What would stop it" in texts(bills, "heading")


def test_what_there_is_not_is_not_found(story: Story) -> None:
    nobody = Client(story.app, None)
    for path in ("no-such/page", f"{CREDIT}/page?version=9"):
        assert nobody.get(f"/v1/policies/{path}").status_code == 404
    assert nobody.get(f"/v1/policies/{CREDIT}/page?version=0").status_code == 422


def test_two_tests_are_weighed_as_was_proved_when_the_version_came(story: Story) -> None:
    told = body_of(Client(story.app, None).get(f"/v1/policies/{CREDIT}/versions/2/comparison"))
    proved = ComparisonText.model_validate(told)
    assert {change.term: change.change for change in proved.terms}["renew-agreement"] == "tightened"
    other = proved.terms[0].model_copy(update={"term": "renew-agreement", "change": "same_test"})
    weigh = weigh_as_told(proved.model_copy(update={"terms": (other,)}))
    with story.database.reading() as session:
        one, two, _ = open_book(session).policies[CREDIT].versions
    renewals = [term for version in (one, two) for term in version.terms if term.id == "renew-agreement"]
    assert weigh(*renewals) == "same_test"
    assert weigh_as_told(proved.model_copy(update={"terms": ()}))(*renewals) == "tightened"


def test_where_a_voucher_can_be_used_is_told_to_anybody_by_the_stores_own_name(story: Story) -> None:
    for language, sentence in (("en", "Only in: Harbor store."), ("es", "Solo en: Harbor store.")):
        assert sentence in texts(page(story, "harbor-days-10")["lines"][language], "use")
        assert texts(page(story)["lines"][language], "use") == []


def test_with_what_it_does_not_go_is_told_by_the_titles_of_the_others(story: Story) -> None:
    own = (DEMO_POLICIES / "harbor-days-10-v1.yaml").read_text(encoding="utf-8")
    other = own.replace("harbor-days-10", "maple-days-10").replace("Harbor days", "Maple days")
    with story.database.transaction() as session:
        load_version(session, other, "p.yaml", read_catalogue(), story.clock.now)
    assert "Not together with: $10 Maple days credit." in texts(
        page(story, "harbor-days-10")["lines"]["en"], "use"
    )


def test_a_yes_tells_the_customer_in_which_stores_it_holds(story: Story) -> None:
    there = story.walk_in("Iris", "harbor-kiosk-1")
    there.say()
    decision = there.ask("harbor-days-10")
    assert decision["outcome"] == "eligible"
    for language, sentence in (("en", "Only in: Harbor store."), ("es", "Solo en: Harbor store.")):
        assert sentence in texts(decision["sheets"][language]["lines"], "use")
