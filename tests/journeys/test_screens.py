"""What the screens look like: pictures of them are made anew by this test and kept beside the documents.

Pictures are written where SAMETERMS_SCREENSHOTS=write asks for them. Every run holds every page to its screen
and to axe, in both languages; a machine with other letter shapes does not fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from hardware.printer.fake import FakePrinter, Fault
from tests.journeys.gallery import Gallery, gallery_folder
from tests.journeys.photograph import COUNTER_COLOUR
from tests.journeys.running import Product
from tests.journeys.walking import (
    Kiosk,
    Tablet,
    find_account,
    find_person,
    find_staff,
)

__all__ = ["gallery_folder"]

ORBIT = "Orbit 5, 128 GB"


WORDS = {
    "en": {
        "heading": "What can I get today?",
        "number": "Use my phone number",
        "scan": "Scan a voucher",
        "terms": "Read the terms",
        "back": "Back",
        "continue": "Continue",
        "find": "Find it",
        "mine": "See what I get",
        "credit": "$50 upgrade credit",
        "months": "24 months",
        "print": "Print this answer",
        "again": "Go on without paper",
        "reserve": "Reserve it",
        "confirm": "Reserve it for me",
        "amount": "Use another amount",
        "no_go_back": "No, go back",
        "together": "Use 2 vouchers together: $70.00 off",
        "both": "Reserve them for me",
    },
    "es": {
        "heading": "¿Qué me corresponde hoy?",
        "number": "Usar mi número de teléfono",
        "scan": "Escanear un vale",
        "terms": "Leer las condiciones",
        "back": "Volver",
        "continue": "Continuar",
        "find": "Buscarlo",
        "mine": "Ver qué me corresponde",
        "credit": "Crédito de $50 para cambiar de teléfono",
        "months": "24 meses",
        "print": "Imprimir la respuesta",
        "again": "Seguir sin papel",
        "reserve": "Reservarlo",
        "confirm": "Reservarlo para mí",
        "amount": "Usar otro importe",
        "no_go_back": "No, volver",
        "together": "Usar 2 vales juntos: $70.00 menos",
        "both": "Reservarlos para mí",
    },
}


@dataclass
class Walk:
    """One language's walk through every page, with what it needs on the way."""

    gallery: Gallery
    browser: Browser
    product: Product
    demo: dict[str, Any]
    words: dict[str, str]

    @contextmanager
    def visit(self) -> Iterator[Kiosk]:
        """A customer at the kiosk who has chosen their language."""
        kiosk = Kiosk.open(self.browser, self.product.address)
        if self.gallery.language == "es":
            kiosk.choose("Español")
        expect(kiosk.page.get_by_role("heading", level=1)).to_have_text(self.words["heading"])
        yield kiosk
        kiosk.page.context.close()

    def look(self, kiosk: Kiosk, name: str, heading: str | re.Pattern[str] = re.compile(".")) -> None:
        """Wait for the page and look at it."""
        expect(kiosk.page.get_by_role("heading", name=heading).first).to_be_visible()
        self.gallery.look(kiosk.page, name)

    def press(self, kiosk: Kiosk, name: str) -> None:
        """Touch the button or link of that name in the walk's language."""
        kiosk.choose(self.words[name])

    def identify(self, kiosk: Kiosk, name: str, looks: bool = False) -> None:
        """Say who one is, looking at both pages on the way where that is wanted."""
        person = find_person(self.demo, name)
        expect(kiosk.page.locator("#telephone")).to_be_visible()
        if looks:
            self.gallery.look(kiosk.page, "who")
        kiosk.page.locator("#telephone").fill(person["telephone"])
        self.press(kiosk, "continue")
        expect(kiosk.page.locator("#pin")).to_be_visible()
        if looks:
            self.gallery.look(kiosk.page, "pin")
        kiosk.page.locator("#pin").fill(person["pin"])
        self.press(kiosk, "continue")


def look_at_public_pages(walk: Walk) -> None:
    """Pages that everybody may read: start, the terms in force, one policy, scanning, a fault."""
    with walk.visit() as kiosk:
        walk.gallery.look(kiosk.page, "start")
        walk.press(kiosk, "terms")
        expect(kiosk.page.locator("#policies")).to_be_visible()
        walk.gallery.look(kiosk.page, "policies")
        kiosk.page.locator("#policies a").first.click()
        walk.look(kiosk, "policy")
    with walk.visit() as kiosk:
        walk.press(kiosk, "scan")
        expect(kiosk.page.locator("#code")).to_be_visible()
        walk.gallery.look(kiosk.page, "scan")
        kiosk.page.locator("#code").fill("ABCD-EFGH-JKMNP")
        walk.press(kiosk, "find")
        expect(kiosk.page.locator("[aria-invalid=true]")).to_be_visible()
        walk.gallery.look(kiosk.page, "scan-fault")


def look_at_no(walk: Walk, printer: FakePrinter) -> None:
    """Somebody whose answer is not yet, and the printer that is out of paper."""
    with walk.visit() as kiosk:
        walk.press(kiosk, "number")
        walk.identify(kiosk, "Sam", looks=True)
        expect(kiosk.page.get_by_text(walk.words["credit"])).to_be_visible()
        walk.gallery.look(kiosk.page, "choices")
        walk.press(kiosk, "credit")
        expect(kiosk.page.locator("#sheet")).to_be_visible()
        walk.gallery.look(kiosk.page, "sheet-not-yet")
        printer.fault = Fault.PAPER_OUT
        walk.press(kiosk, "print")
        expect(kiosk.page.get_by_text(walk.words["again"])).to_be_visible(timeout=15_000)
        walk.gallery.look(kiosk.page, "trouble")
        printer.fault = Fault.NONE


def look_at_yes(walk: Walk, tablet: Tablet) -> None:
    """From a voucher's code to the last page, with the rep's tablet beside it."""
    walk.gallery.look(tablet.page, "tablet-visits")
    with walk.visit() as kiosk:
        walk.press(kiosk, "scan")
        code = next(voucher["code"] for voucher in find_account(walk.demo, "Maya")["vouchers"])
        kiosk.page.locator("#code").fill(code)
        walk.press(kiosk, "find")
        expect(kiosk.page.get_by_text(walk.words["mine"])).to_be_visible()
        walk.gallery.look(kiosk.page, "voucher")
        walk.press(kiosk, "mine")
        walk.identify(kiosk, "Maya")
        expect(kiosk.page.get_by_role("button", name=ORBIT)).to_be_visible()
        walk.gallery.look(kiosk.page, "question-phone")
        tablet.page.locator("a.visits__row").first.click()
        expect(tablet.page.locator("#sheet")).to_be_visible()
        walk.gallery.look(tablet.page, "tablet-question-first")
        kiosk.page.get_by_role("button", name=ORBIT).click()
        expect(kiosk.page.get_by_role("button", name=walk.words["months"])).to_be_visible()
        walk.gallery.look(kiosk.page, "question-months")
        kiosk.page.get_by_role("button", name=walk.words["months"]).click()
        expect(kiosk.page.locator("#sheet")).to_be_visible()
        walk.gallery.look(kiosk.page, "sheet-yes")
        walk.press(kiosk, "reserve")
        expect(kiosk.page.locator("#confirm-title")).to_be_visible()
        walk.gallery.look(kiosk.page, "confirm")
        walk.press(kiosk, "confirm")
        expect(kiosk.page.locator("#reserved")).to_be_visible()
        walk.gallery.look(kiosk.page, "reserved")
        expect(tablet.page.locator(".button--go")).to_be_visible(timeout=15_000)
        walk.gallery.look(tablet.page, "tablet-visit")
        tablet.page.locator(".button--go").click()
        expect(kiosk.page.locator("#done-title")).to_be_visible(timeout=15_000)
        walk.gallery.look(kiosk.page, "done")


def look_at_together(walk: Walk) -> None:
    """Somebody with several vouchers: a part of one, and two of them on one order."""
    with walk.visit() as kiosk:
        walk.press(kiosk, "number")
        walk.identify(kiosk, "Iris")
        walk.press(kiosk, "credit")
        kiosk.page.get_by_role("button", name="Orbit 5 Max, 256 GB").click()
        kiosk.page.get_by_role("button", name=walk.words["months"]).click()
        expect(kiosk.page.locator("#sheet")).to_be_visible()
        walk.gallery.look(kiosk.page, "sheet-with-others")
        walk.press(kiosk, "amount")
        expect(kiosk.page.locator("#amount")).to_be_visible()
        walk.gallery.look(kiosk.page, "amount")
        walk.press(kiosk, "no_go_back")
        walk.press(kiosk, "together")
        expect(kiosk.page.locator("#together-title")).to_be_visible()
        walk.gallery.look(kiosk.page, "together")
        walk.press(kiosk, "both")
        expect(kiosk.page.locator("#reserved")).to_be_visible()
        walk.gallery.look(kiosk.page, "reserved-together")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_fits_its_screen_and_can_be_used_by_everybody(
    start_product: Callable[..., Product],
    browser: Browser,
    gallery_folder: Path,
    tmp_path: Path,
    no_page_complains: list[str],
    language: str,
) -> None:
    gallery = Gallery(gallery_folder, language, [])
    with FakePrinter() as printer:
        # An empty counter before the camera: nothing is read, and the page says what it sees.
        empty = tmp_path / "counter.png"
        cv2.imwrite(str(empty), np.full((720, 1280, 3), COUNTER_COLOUR, dtype=np.uint8))
        product = start_product("--camera", str(empty), "--printer", printer.target, KIOSK_DONE_SECONDS="120")
        demo = product.demo()
        walk = Walk(gallery, browser, product, demo, WORDS[language])
        look_at_public_pages(walk)
        look_at_no(walk, printer)
        tablet = Tablet.open(browser, product.address, find_staff(demo, "Jordan"))
        if language == "es":
            tablet.page.get_by_role("button", name="Español").click()
            expect(tablet.page.locator("html")).to_have_attribute("lang", "es")
        look_at_yes(walk, tablet)
        look_at_together(walk)
    assert gallery.faults == []
    # What axe writes into the pages is not theirs.
    no_page_complains[:] = [each for each in no_page_complains if "inline style" not in each]
