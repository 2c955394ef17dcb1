"""One visit on four faces at once: kiosk, tablet, the owner's phone, customer care; all see one sheet.

Pictures of all four at the same moment are written where SAMETERMS_SCREENSHOTS=write asks for them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.gallery import gallery_folder
from tests.journeys.others import Care, Phone, wait_for_light
from tests.journeys.running import Product
from tests.journeys.walking import Kiosk, Tablet, find_person, find_staff

__all__ = ["gallery_folder"]

ORBIT, TWO_YEARS = "Orbit 5, 128 GB", "24 months"


@pytest.fixture
def product(start_product: Callable[..., Product]) -> Product:
    """A demo that prints to PDF files."""
    return start_product("--printer", "pdf:receipts")


def begin(product: Product, browser: Browser, name: str) -> tuple[dict[str, Any], Kiosk, Tablet]:
    """A member asks for the account's credit at the kiosk while the rep has the visit open."""
    demo = product.demo()
    kiosk = Kiosk.open(browser, product.address)
    tablet = Tablet.open(browser, product.address, find_staff(demo, "Jordan"))
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, name))
    kiosk.choose("$50 upgrade credit")
    return demo, kiosk, tablet


def open_newest_visit(tablet: Tablet) -> None:
    tablet.page.locator(".visits__row").first.click()
    expect(tablet.page.locator("#visit")).to_be_visible()


def picture(folder: Path, moment: str, pages: dict[str, Page]) -> None:
    for face, page in pages.items():
        page.screenshot(path=folder / f"four-faces-{moment}-{face}.png")


def ask_owner(product: Product, browser: Browser, demo: dict[str, Any], kiosk: Kiosk) -> Phone:
    """The member asks at the kiosk; the owner's phone shows exactly what is asked."""
    kiosk.choose("Ask the account owner now")
    expect(kiosk.page.get_by_role("heading", name="Waiting for the owner")).to_be_visible()
    code = kiosk.page.locator(".join__code").inner_text()
    link = f"{product.address}/phone/#{code.replace('-', '')}"
    phone = Phone.open(browser, link)
    phone.say_who(find_person(demo, "Grace"))
    expect(phone.page.get_by_role("heading", name="May Tom use this?")).to_be_visible()
    for exact in ("$49.99", "Tom, ends in 0111", "Orbit 5, 128 GB, $49.99", "Maple St store", "24 months"):
        assert exact in phone.page.locator("#ask").inner_text()
    return phone


def test_the_owner_at_home_allows_it_with_one_tap_and_four_faces_see_one_sheet(
    product: Product, browser: Browser, gallery_folder: Path
) -> None:
    demo, kiosk, tablet = begin(product, browser, "Tom")
    open_newest_visit(tablet)
    assert "owner" in kiosk.sheet
    kiosk.choose("Ask the account owner now")
    kiosk.answer_phone_and_months(ORBIT, TWO_YEARS)
    wait_for_light(kiosk.page, {"You", "Jordan (store)"})

    phone = ask_owner(product, browser, demo, kiosk)
    care = Care.open(browser, product.address, find_staff(demo, "Kim"))
    care.take_call(find_person(demo, "Grace"))
    care.open_visit()
    expect(care.page.get_by_role("heading", name="Read this to the owner")).to_be_visible()
    pages = {"kiosk": kiosk.page, "tablet": tablet.page, "phone": phone.page, "care": care.page}
    picture(gallery_folder, "asked", pages)

    phone.page.get_by_role("button", name="Yes, allow it").click()
    expect(kiosk.page.get_by_role("heading", name="The owner said yes")).to_be_visible(timeout=5_000)
    kiosk.choose("See the sheet")
    for page in pages.values():
        expect(page.locator("#sheet")).to_contain_text("Yes. $49.99 off this phone.", timeout=5_000)
    assert kiosk.sheet == tablet.sheet == phone.sheet == care.sheet
    wait_for_light(kiosk.page, {"You", "Jordan (store)", "the account owner", "Kim (customer care)"})
    wait_for_light(phone.page, {"You", "the customer", "Jordan (store)", "Kim (customer care)"})
    wait_for_light(tablet.page, {"You", "the customer", "the account owner", "Kim (customer care)"})
    wait_for_light(care.page, {"You", "the customer", "Jordan (store)", "the account owner"})
    expect(kiosk.page.locator("#light")).to_contain_text("the account owner")
    picture(gallery_folder, "yes", pages)

    kiosk.reserve()
    tablet.confirm()
    expect(kiosk.page.get_by_role("heading", name="Done. It is used.")).to_be_visible(timeout=10_000)
    expect(phone.page.get_by_text("It is used.")).to_be_visible(timeout=5_000)
    phone.page.get_by_role("link", name="What was used on your account").click()
    expect(phone.page.get_by_text("A credit was used", exact=True)).to_be_visible()


@pytest.mark.long
def test_a_face_that_lags_says_so_and_the_others_say_who(product: Product, browser: Browser) -> None:
    _, kiosk, tablet = begin(product, browser, "Maya")
    kiosk.answer_phone_and_months(ORBIT, TWO_YEARS)
    open_newest_visit(tablet)
    wait_for_light(kiosk.page, {"You", "Jordan (store)"})
    # The tablet's line breaks: it hears of nothing and reports nothing.
    tablet.page.context.set_offline(True)
    expect(tablet.page.locator("#light")).to_contain_text("lost its connection", timeout=15_000)
    kiosk.choose("Change my answers")
    kiosk.page.get_by_role("button", name="Pico 2, 64 GB").click()
    expect(kiosk.page.locator("#light")).to_contain_text(
        "Jordan (store) does not see it yet.", timeout=10_000
    )
    assert "Orbit 5" in tablet.sheet or "49.99" in tablet.sheet
    tablet.page.context.set_offline(False)
    expect(tablet.page.locator("#sheet")).to_contain_text("29.99", timeout=20_000)
    wait_for_light(kiosk.page, {"You", "Jordan (store)"})


def test_care_records_the_spoken_yes_and_quotes_a_term_to_everybody(
    product: Product, browser: Browser
) -> None:
    demo, kiosk, _tablet = begin(product, browser, "Tom")
    kiosk.choose("Ask the account owner now")
    kiosk.answer_phone_and_months(ORBIT, TWO_YEARS)
    care = Care.open(browser, product.address, find_staff(demo, "Kim"))
    care.take_call(find_person(demo, "Grace"))
    care.open_visit()
    care.page.get_by_role("button", name="Ask the account owner now").click()
    care.page.get_by_role("button", name="The owner says yes").click()
    expect(care.page.locator("#sheet")).to_contain_text("Yes. $49.99 off this phone.")
    expect(kiosk.page.locator("#sheet")).to_contain_text("Yes. $49.99 off this phone.", timeout=5_000)
    care.page.get_by_text("Quote a term to everybody").click()
    term = care.page.locator("#quote button").first
    said = term.inner_text()
    term.click()
    expect(kiosk.page.locator("#quotes")).to_contain_text(said, timeout=5_000)
    expect(kiosk.page.locator("#quotes")).to_contain_text("Kim of customer care quotes the terms:")


def test_a_visit_that_the_rep_began_goes_on_at_the_kiosk_by_its_code(
    product: Product, browser: Browser
) -> None:
    demo = product.demo()
    tablet = Tablet.open(browser, product.address, find_staff(demo, "Jordan"))
    tablet.page.get_by_role("button", name="Begin a visit for a customer").click()
    tablet.page.get_by_text("Let others see this").click()
    tablet.page.get_by_role("button", name="A kiosk").click()
    code = tablet.page.locator(".join__code").inner_text()
    kiosk = Kiosk.open(browser, product.address)
    kiosk.choose("I have a visit code")
    kiosk.page.get_by_label("Visit code").fill(code)
    kiosk.choose("Go on")
    kiosk.say_who(find_person(demo, "Maya"))
    expect(tablet.page.get_by_text("Maya").first).to_be_visible(timeout=5_000)
    expect(tablet.page.get_by_text("At kiosk-1")).to_be_visible(timeout=5_000)
