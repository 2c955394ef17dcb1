"""A carrier's file becomes a draft; its faults stand at its lines; nobody's text is lost."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx
import pytest

from store_api import contract as wire
from tests.kiosk import factories
from tests.kiosk.conftest import Browser
from tests.kiosk.region import papers
from tests.kiosk.scripted_store import ScriptedStore

DRAFTS = "/v1/policies/drafts"


def sent(store: ScriptedStore, name: str) -> list[dict[str, Any]]:
    return [body for asked, body, _ in store.asked if asked == name]


def upload(browser: Browser, content: bytes) -> Any:
    return browser.post("/drafts/new", text="", file=(io.BytesIO(content), "policy.yaml"))


def test_an_uploaded_file_is_kept_as_it_is(author: Browser, store: ScriptedStore) -> None:
    store.answers[f"POST {DRAFTS}"] = papers.draft()
    author.get("/drafts/new")
    page = upload(author, b"\xef\xbb\xbf" + papers.TEXT.replace("\n", "\r\n").encode())
    assert "Draft: $50 upgrade credit" in page.text
    assert sent(store, f"POST {DRAFTS}") == [{"text": papers.TEXT}]


def test_a_pasted_text_is_kept_with_the_line_breaks_of_the_file(
    author: Browser, store: ScriptedStore
) -> None:
    store.answers[f"POST {DRAFTS}"] = papers.draft()
    author.get("/drafts/new")
    author.post("/drafts/new", text=papers.TEXT.replace("\n", "\r\n"))
    assert sent(store, f"POST {DRAFTS}") == [{"text": papers.TEXT}]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe\x00f", "not text in UTF-8"), (b"a\0b", "not text in UTF-8"), (b"  \n", "paste the document"),
     (b"a" * (256 * 1024 + 1), "up to 256 kB")],
)  # fmt: skip
def test_what_is_no_policy_text_is_told_and_not_sent(
    author: Browser, store: ScriptedStore, content: bytes, words: str
) -> None:
    author.get("/drafts/new")
    page = upload(author, content)
    assert page.status_code == 422
    assert words in page.text
    assert sent(store, f"POST {DRAFTS}") == []


def test_each_fault_stands_beneath_its_line_and_the_summary_leads_there(
    author: Browser, store: ScriptedStore
) -> None:
    store.answers[f"GET {DRAFTS}/drf_1"] = papers.BAD
    page = author.get("/drafts/drf_1").text
    assert "data-takes-focus" in page
    for fault in papers.FAULTS:
        row = re.search(rf'<li id="line-{fault.line}".*?</li>', page, re.DOTALL)
        assert row is not None
        assert fault.code in row.group(0)
        assert f'href="#line-{fault.line}"' in page
    assert "<mark>instant_credits</mark>" in page
    assert "<mark>at_least_agoo</mark>" in page
    assert "Run the checks" not in page, "a document that cannot be read has nothing to check"


def test_a_text_is_never_taken_for_a_page(author: Browser, store: ScriptedStore) -> None:
    text = "format: 1\ntitle: </textarea><script>alert(1)</script>\n"
    store.answers[f"GET {DRAFTS}/drf_1"] = papers.draft(text=text)
    for path in ("/drafts/drf_1", "/drafts/drf_1/edit"):
        page = author.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_a_first_empty_line_of_a_text_survives_the_text_area(author: Browser, store: ScriptedStore) -> None:
    store.answers[f"GET {DRAFTS}/drf_1"] = papers.draft(text="\nformat: 1\n")
    page = author.get("/drafts/drf_1/edit").text
    # HTML drops one line break behind the tag; the page gives it one to drop.
    assert re.search(r"<textarea[^>]*>\n\nformat: 1", page)


def test_editing_names_the_revision_that_was_read(author: Browser, store: ScriptedStore) -> None:
    store.answers[f"PUT {DRAFTS}/drf_1"] = papers.draft(revision=3)
    author.get("/drafts/drf_1/edit")
    author.post("/drafts/drf_1/edit", text=papers.TEXT, revision=2)
    assert sent(store, f"PUT {DRAFTS}/drf_1") == [{"text": papers.TEXT, "revision": 2}]


def test_a_text_saved_by_somebody_else_meanwhile_is_shown_beside_ones_own(
    author: Browser, store: ScriptedStore
) -> None:
    author.get("/drafts/drf_1/edit")

    def refuse(request: httpx.Request) -> tuple[int, wire.Problem]:
        theirs = papers.draft(revision=3, text=papers.TEXT.replace("50.00", "75.00"))
        store.answers[f"GET {DRAFTS}/drf_1"] = theirs
        return 409, factories.problem(409, "draft.changed")

    store.answers[f"PUT {DRAFTS}/drf_1"] = refuse
    mine = papers.TEXT.replace("50.00", "60.00")
    page = author.post("/drafts/drf_1/edit", text=mine, revision=2)
    assert page.status_code == 409
    assert "Somebody else has saved this draft meanwhile" in page.text
    assert "60.00 USD" in page.text
    assert "75.00 USD" in page.text
    assert "Lines 9 to 9 are not as you wrote them." in page.text
    assert 'name="revision" value="3"' in page.text, "saving again goes over what was seen, and nothing else"


def test_checks_that_meet_a_changed_draft_do_nothing_and_say_so(
    author: Browser, store: ScriptedStore
) -> None:
    author.get("/drafts/drf_1")
    store.answers[f"POST {DRAFTS}/drf_1/checks"] = (409, factories.problem(409, "draft.changed"))
    page = author.post("/drafts/drf_1/checks", revision=2)
    assert page.status_code == 422
    assert "The draft was changed meanwhile" in page.text


def test_a_button_pressed_twice_runs_the_checks_once(author: Browser, store: ScriptedStore) -> None:
    author.get("/drafts/drf_1")
    store.answers[f"POST {DRAFTS}/drf_1/checks"] = papers.draft()
    for _ in range(2):
        author.post("/drafts/drf_1/checks", revision=2, follow=False)
    assert len(store.keys(f"POST {DRAFTS}/drf_1/checks")) == 1


def test_a_warning_of_the_proofs_stands_at_the_line_of_its_term(author: Browser) -> None:
    page = author.get("/drafts/drf_1").text
    row = re.search(r'<li id="line-12".*?</li>', page, re.DOTALL)
    assert row is not None
    assert "never the only reason for a no" in row.group(0)
    assert "<mark>term</mark>" in row.group(0)


def test_the_comparison_marks_what_went_and_what_came_by_a_word(author: Browser) -> None:
    page = author.get("/drafts/drf_1/comparison").text
    assert re.search(r"<del><span class=\"for-ears\">gone: </span>24</del>", page)
    assert re.search(r"<ins><span class=\"for-ears\">new: </span>20</ins>", page)
    assert "Nobody loses." in page
    assert "3 April 2025" in page
    assert "yes, $50.00" in page


def test_a_discarded_draft_is_told_of_once(author: Browser, store: ScriptedStore) -> None:
    store.answers[f"POST {DRAFTS}/drf_1/withdraw"] = papers.draft(state="withdrawn")
    author.get("/drafts/drf_1")
    assert "The draft was discarded." in author.post("/drafts/drf_1/discard", revision=2).text
    assert "The draft was discarded." not in author.get("/policies").text


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("case", ["yes", "not_yet", "question"])
def test_the_preview_is_the_kiosks_own_sheet_and_its_slip(
    author: Browser, store: ScriptedStore, case: str, language: str
) -> None:
    page = author.get(f"/drafts/drf_1/preview?case={case}&in={language}").text
    assert f'id="sheet" lang="{language}"' in page
    assert f'data-tone="{case}"' in page
    slip = page.partition('class="slip"')[2]
    assert "--------------------------------" in slip
    printed = "Printed" if language == "en" else "Impreso"
    assert printed in slip


def test_an_answer_that_a_policy_never_gives_is_said_to_be_none(author: Browser) -> None:
    assert "This policy has no such answer." in author.get("/drafts/drf_1/preview?case=waived").text
