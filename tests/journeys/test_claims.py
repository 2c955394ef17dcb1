"""A customer was told that a plan change and paper are needed: what the faces say, print and count.

The pages are held to every size and to axe in both languages, and their pictures made anew where
SAMETERMS_SCREENSHOTS=write asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.gallery import PICTURES, Gallery, gallery_folder
from tests.journeys.reading import normalised, pdf_text
from tests.journeys.running import Product
from tests.journeys.test_one_answer import call, staff_token
from tests.journeys.walking import PHONE, Kiosk, Tablet, find_person, find_staff

__all__ = ["gallery_folder"]

CREDIT = "$50 upgrade credit"


def reach_yes(browser: Browser, product: Product, demo: dict[str, Any]) -> Kiosk:
    """Maya reads her yes at the kiosk."""
    kiosk = Kiosk.open(browser, product.address)
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, "Maya"))
    kiosk.choose(CREDIT)
    kiosk.answer_phone_and_months("Orbit 5, 128 GB", "24 months")
    expect(kiosk.page.locator("#sheet")).to_be_visible()
    return kiosk


def check(kiosk: Kiosk, statement: str) -> str:
    """Choose a statement; the text of its answer."""
    kiosk.page.get_by_role("button", name=statement).or_(
        kiosk.page.get_by_role("link", name=statement)
    ).first.click()
    expect(kiosk.page.get_by_role("heading", name="What the terms say", exact=True)).to_be_attached()
    return kiosk.sheet


def wait_for_paper(folder: Path) -> str:
    """The text of the one paper in the printer's folder."""
    (paper,) = folder.glob("*.pdf")
    return normalised(pdf_text(paper.read_bytes()))


def counted(product: Product, demo: dict[str, Any]) -> list[tuple[str, int]]:
    """The manager's counts, by claim."""
    token = staff_token(product, demo, "Alex")
    found = call(product, "/v1/claims/counts", token)["counts"]
    return sorted((each["claim"], each["count"]) for each in found)


@pytest.mark.timeout(180)
def test_what_was_told_is_answered_once_in_the_same_words_everywhere(
    start_product: Callable[..., Product], browser: Browser
) -> None:
    product = start_product("--printer", "pdf:receipts")
    demo = product.demo()
    kiosk = reach_yes(browser, product, demo)
    code = kiosk.page.locator(".sheet__code b").inner_text()
    tablet = Tablet.open(browser, product.address, find_staff(demo, "Jordan"))
    tablet.page.locator("a.visits__row").first.click()
    kiosk.choose("I was told something else")
    plan = check(kiosk, "A change of plan.")
    assert plan.startswith("Not required for you.")
    # The tablet follows by itself, with the same lines.
    shown = tablet.page.locator("#claim-plan-change")
    expect(shown).to_be_visible(timeout=15_000)
    assert normalised(shown.inner_text()) == normalised(plan)
    kiosk.choose("Print this")
    expect(kiosk.page.get_by_text("It was sent to the printer")).to_be_visible(timeout=15_000)
    assert normalised(plan) in wait_for_paper(product.folder / "receipts")
    kiosk.choose("Back to my answer")
    kiosk.choose("Something else I heard")
    assert check(kiosk, "The paper voucher.").startswith("Not required for you.")
    # The rep asks the first one again: it is the same answer and counts no second time.
    tablet.page.locator("#claims summary").click()
    tablet.page.locator("#claims").get_by_role("button", name="A change of plan.").click()
    expect(tablet.page.locator("#claim-answers details")).to_have_count(2)
    assert counted(product, demo) == [("paper", 1), ("plan-change", 1)]
    read_the_public_page(browser, product, code)


def read_the_public_page(browser: Browser, product: Product, code: str) -> None:
    """From the address in the QR code to the policy's public page, on a phone that nobody knows."""
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{product.address}/t/{code}")
    page.get_by_role("link", name="The whole policy, and what changed").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CREDIT)
    page.get_by_role("link", name="What changed").click()
    expect(page.get_by_text("No longer asked")).to_be_visible()
    assert [each for each in context.cookies() if each["name"] == "session"] == []
    answer = httpx.get(page.url)
    again = httpx.get(page.url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (answer.status_code, again.status_code) == (200, 304)
    page.emulate_media(media="print")
    expect(page.locator(".on-paper")).to_be_visible()
    expect(page.locator(".bar")).to_be_hidden()


SAID = {
    "en": ("I was told something else", "A longer agreement.", "36 months", "Something else I heard"),
    "es": ("Me dijeron otra cosa", "Un contrato más largo.", "36 meses", "Otra cosa que escuché"),
}


def look_at_claims(gallery: Gallery, kiosk: Kiosk, tablet: Tablet) -> None:
    """The choices, the lengths, three answers, and the tablet beside them."""
    page, (link, longer, months, another) = kiosk.page, SAID[gallery.language]
    kiosk.choose(link)
    expect(page.locator(".choices--claims")).to_be_visible()
    gallery.look(page, "claims")
    page.locator("button[name=claim][value=plan-change]").click()
    expect(page.locator("#sheet")).to_be_visible()
    gallery.look(page, "claim-not-required")
    kiosk.choose(another)
    page.get_by_role("link", name=longer).click()
    expect(page.get_by_role("button", name=months)).to_be_visible()
    gallery.look(page, "claim-months")
    page.get_by_role("button", name=months).click()
    expect(page.locator("#sheet")).to_be_visible()
    kiosk.choose(another)
    page.locator("button[name=claim][value=policy-changed]").click()
    expect(page.locator("#sheet")).to_be_visible()
    gallery.look(page, "claim-policy-changed")
    expect(tablet.page.locator("#claim-policy-changed")).to_be_visible(timeout=15_000)
    tablet.page.locator("#claims summary").click()
    gallery.look(tablet.page, "tablet-claims")


def look_at_public(gallery: Gallery, page: Page, address: str) -> None:
    """The public list, a version, an older one, what changed, and paper."""
    chosen = f"?language={gallery.language}"
    for path, name in (
        ("", "public-policies"),
        ("/upgrade-credit-50", "public-policy"),
        ("/upgrade-credit-50/2", "public-policy-old"),
        ("/upgrade-credit-50/2/changes", "public-changes"),
        ("/loyalty-credit", "public-policy-tiers"),
    ):
        page.goto(f"{address}/policies{path}{chosen}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        gallery.look(page, name)
    page.goto(f"{address}/policies/upgrade-credit-50{chosen}")
    page.emulate_media(media="print")
    if gallery.folder == PICTURES and gallery.language == "en":
        page.set_viewport_size({"width": 794, "height": 1123})
        page.screenshot(path=gallery.folder / "public-policy-on-paper-en.png")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pages_of_claims_and_policies_fit_and_can_be_used_by_everybody(
    start_product: Callable[..., Product],
    browser: Browser,
    gallery_folder: Path,
    no_page_complains: list[str],
    language: str,
) -> None:
    gallery = Gallery(gallery_folder, language, [])
    product = start_product("--printer", "pdf:receipts")
    demo = product.demo()
    kiosk = reach_yes(browser, product, demo)
    if language == "es":
        kiosk.choose("Español")
    tablet = Tablet.open(browser, product.address, find_staff(demo, "Jordan"))
    if language == "es":
        tablet.page.get_by_role("button", name="Español").click()
    tablet.page.locator("a.visits__row").first.click()
    look_at_claims(gallery, kiosk, tablet)
    look_at_public(gallery, browser.new_context().new_page(), product.address)
    assert gallery.faults == []
    # What axe writes into the pages is not theirs.
    no_page_complains[:] = [each for each in no_page_complains if not re.search("inline style", each)]
