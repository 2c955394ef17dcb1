"""What stands beside the customer's matter: a code in place of the PIN, a tap of rating, an optional card.

One walk through the pages in each language, held to every size and to axe; pictures as in test_screens.py.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.journeys.desk import RegionDesk
from tests.journeys.gallery import Gallery, gallery_folder
from tests.journeys.running import Product
from tests.journeys.walking import Kiosk, Tablet, find_person, find_staff

__all__ = ["gallery_folder"]

WORDS = {
    "en": {"number": "Use my phone number", "continue": "Continue", "code": "Send me a code instead",
           "good": "Good", "thanks": "Thank you. It counts for the store", "no": "No, thank you",
           "case": "A clear case for your phone"},
    "es": {"number": "Usar mi número de teléfono", "continue": "Continuar",
           "code": "Enviarme un código en su lugar", "good": "Bien",
           "thanks": "Gracias. Cuenta para la tienda", "no": "No, gracias",
           "case": "Una funda transparente para su teléfono"},
}  # fmt: skip


def code_in(product: Product, seen: int) -> str:
    """The newest code that the demo wrote to its terminal; `seen` were there before."""
    for _ in range(100):
        found = re.findall(r"ends in \d{4}: (\d{6}) ", product.printed)
        if len(found) > seen:
            return str(found[-1])
        time.sleep(0.1)
    raise AssertionError(f"no code was sent: {product.printed[-400:]}")


def test_a_code_an_answer_a_tap_and_a_card(
    browser: Browser, start_product: Callable[..., Product], gallery_folder: Path
) -> None:
    product = start_product()
    faults: list[str] = []
    for seen, (language, name) in enumerate({"en": "Sam", "es": "Leo"}.items()):
        gallery = Gallery(gallery_folder, language, faults)
        kiosk = walk_in_by_code(browser, product, gallery, name, seen)
        see_card_and_decline(browser, product, gallery, kiosk)
    offers_and_figures(browser, product, gallery_folder, faults)
    assert faults == []


def walk_in_by_code(browser: Browser, product: Product, gallery: Gallery, name: str, seen: int) -> Kiosk:
    """Somebody asks for a code in place of their PIN and gets their answer, which is a no."""
    words = WORDS[gallery.language]
    kiosk = Kiosk.open(browser, product.address)
    if gallery.language == "es":
        kiosk.choose("Español")
    kiosk.choose(words["number"])
    person = find_person(product.demo(), name)
    kiosk.page.locator("#telephone").fill(person["telephone"].removeprefix("+1 "))
    kiosk.choose(words["continue"])
    expect(kiosk.page.locator("#pin")).to_be_visible()
    gallery.look(kiosk.page, "pin-or-code")
    kiosk.choose(words["code"])
    expect(kiosk.page.locator("#code")).to_be_visible()
    gallery.look(kiosk.page, "one-time-code")
    kiosk.page.locator("#code").fill(code_in(product, seen))
    kiosk.choose(words["continue"])
    kiosk.page.locator(".choices button[name=voucher]").first.click()
    expect(kiosk.page.locator("#sheet")).to_be_visible()
    return kiosk


def see_card_and_decline(browser: Browser, product: Product, gallery: Gallery, kiosk: Kiosk) -> None:
    """The card stands below the sheet and on the tablet; one tap, and it is gone from both."""
    words = WORDS[gallery.language]
    expect(kiosk.page.locator("#offer")).to_contain_text(words["case"])
    kiosk.page.locator("#offer").scroll_into_view_if_needed()
    gallery.look(kiosk.page, "sheet-no-with-offer")
    tablet = Tablet.open(browser, product.address, find_staff(product.demo(), "Jordan"))
    tablet.page.locator("a[href*='/tablet/visits/']").first.click()
    expect(tablet.page.locator("#offer")).to_be_visible()
    if gallery.language == "en":
        only_wide = Gallery(gallery.folder, "en", gallery.faults, unpictured=("1080x1920", "390x844"))
        only_wide.look(tablet.page, "tablet-offer")
    kiosk.choose(words["good"])
    expect(kiosk.page.locator("#rating")).to_contain_text(words["thanks"])
    kiosk.choose(words["no"])
    expect(kiosk.page.locator("#offer")).to_have_count(0)
    expect(tablet.page.locator("#offer")).to_have_count(0)


def offers_and_figures(browser: Browser, product: Product, folder: Path, faults: list[str]) -> None:
    """The desk's pages in both languages; an offer is made and ended."""
    desk = RegionDesk.open(browser, product.address, find_staff(product.demo(), "Morgan"))
    for language, headings in {"en": ("Service", "Offers"), "es": ("Servicio", "Ofertas")}.items():
        if language == "es":
            desk.choose("Español")
        gallery = Gallery(folder, language, faults, unpictured=("1080x1920", "390x844"))
        for name, heading in zip(("service", "offers"), headings, strict=True):
            desk.page.goto(f"{product.address}/region/{name}")
            expect(desk.page.get_by_role("heading", level=1)).to_have_text(heading)
            gallery.look(desk.page, f"region-{name}")
    fields = {"title_en": "A charger", "title_es": "Un cargador", "text_en": "It is quick.",
              "text_es": "Es rápido.", "price": "20.00", "starts_on": "2026-01-01"}  # fmt: skip
    for field, value in fields.items():
        desk.page.locator(f"#{field}").fill(value)
    desk.page.locator("form.card button[type=submit]").click()
    row = desk.page.locator("tbody tr", has_text="Un cargador")
    row.get_by_role("button").click()
    expect(row.get_by_role("button")).to_have_count(0)
