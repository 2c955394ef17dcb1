"""The phone's, care's and the shared pages on every screen, in both languages; axe finds nothing on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.gallery import Gallery, gallery_folder
from tests.journeys.others import Care, Phone
from tests.journeys.running import Product
from tests.journeys.walking import LANDSCAPE, PHONE, PORTRAIT, Kiosk, Tablet, find_person, find_staff

__all__ = ["gallery_folder"]

ORBIT, TWO_YEARS = "Orbit 5, 128 GB", "24 months"
PHONES = {"390x844": PHONE}
DESKS = {"1280x800": LANDSCAPE, "390x844": PHONE}
KIOSKS = {"1080x1920": PORTRAIT, "1280x800": LANDSCAPE, "390x844": PHONE}


@pytest.fixture
def product(start_product: Callable[..., Product]) -> Product:
    """A demo that prints to PDF files."""
    return start_product("--printer", "pdf:receipts")


class Looks:
    """Looks at a page in both languages, and leaves it in English."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []

    def at(self, page: Page, name: str, sizes: dict[str, dict[str, int]]) -> None:
        """Hold the page to its sizes and to axe, in English and then in Spanish."""
        self._look(page, name, sizes, "en")
        page.get_by_role("button", name="Español").click()
        expect(page.locator("html")).to_have_attribute("lang", "es")
        self._look(page, name, sizes, "es")
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")

    def _look(self, page: Page, name: str, sizes: dict[str, dict[str, int]], language: str) -> None:
        first = next(iter(sizes))
        Gallery(
            self.folder,
            language,
            self.faults,
            sizes=sizes,  # type: ignore[arg-type]  # widths and heights
            whole=("390x844",),
            spanish=first,
        ).look(page, name)


def test_the_faces_outside_of_the_store_fit_every_screen(
    product: Product, browser: Browser, gallery_folder: Path
) -> None:
    demo, looks = product.demo(), Looks(gallery_folder)
    kiosk = Kiosk.open(browser, product.address)
    kiosk.choose("I have a visit code")
    expect(kiosk.page.get_by_label("Visit code")).to_be_visible()
    looks.at(kiosk.page, "join", KIOSKS)
    kiosk.page.goto(f"{product.address}/counter/")
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, "Tom"))
    kiosk.choose("$50 upgrade credit")
    kiosk.choose("Ask the account owner now")
    kiosk.answer_phone_and_months(ORBIT, TWO_YEARS)
    kiosk.choose("Ask the account owner now")
    looks.at(kiosk.page, "owner-asked", KIOSKS)
    code = kiosk.page.locator(".join__code").inner_text()
    _look_at_phone(product, browser, looks, code)
    _look_at_care(product, browser, looks)
    assert looks.faults == []


def _look_at_phone(product: Product, browser: Browser, looks: Looks, code: str) -> None:
    demo = product.demo()
    phone = Phone.open(browser, f"{product.address}/phone/")
    looks.at(phone.page, "phone-join", PHONES)
    phone.type_code(code)
    expect(phone.page.get_by_role("heading", name="First say who you are")).to_be_visible()
    looks.at(phone.page, "phone-who", PHONES)
    phone.say_who(find_person(demo, "Grace"))
    expect(phone.page.get_by_role("heading", name="May Tom use this?")).to_be_visible()
    looks.at(phone.page, "phone-asked", PHONES)
    phone.page.get_by_role("link", name="What was used on your account").click()
    expect(phone.page.get_by_role("heading", name="What was used")).to_be_visible()
    looks._look(phone.page, "phone-notices", PHONES, "en")


def _look_at_care(product: Product, browser: Browser, looks: Looks) -> None:
    demo = product.demo()
    care = Care.open(browser, product.address, find_staff(demo, "Kim"))
    looks.at(care.page, "care-caller", DESKS)
    care.take_call(find_person(demo, "Grace"))
    looks.at(care.page, "care-call", DESKS)
    care.open_visit()
    looks.at(care.page, "care-visit", DESKS)
    care.page.get_by_role("link", name=re.compile("Back to the call")).click()
    care.page.get_by_role("button", name="Begin").click()
    expect(care.page.get_by_role("heading", name="What is it about?")).to_be_visible()
    looks.at(care.page, "care-decides", DESKS)


def test_a_tablet_that_lets_others_in_fits_every_screen(
    product: Product, browser: Browser, gallery_folder: Path
) -> None:
    looks = Looks(gallery_folder)
    tablet = Tablet.open(browser, product.address, find_staff(product.demo(), "Jordan"))
    tablet.page.get_by_role("button", name="Begin a visit for a customer").click()
    tablet.page.get_by_text("Let others see this").click()
    tablet.page.get_by_role("button", name="A phone").click()
    expect(tablet.page.locator(".join__code")).to_be_visible()
    looks.at(tablet.page, "tablet-lets-in", DESKS)
    assert looks.faults == []
