"""Staff look at a kiosk's devices behind their PIN, print a test slip, and hold it before the camera.

The paper comes out of the real queue and driver, is drawn from its bytes by a printer's head in
software, and is held before the kiosk's camera, which reads it in the decoder's own process.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from hardware.printer.fake import FakePrinter, Fault
from tests.hardware.pictures import frame, qr
from tests.journeys.gallery import Gallery, gallery_folder
from tests.journeys.running import Product
from tests.journeys.walking import Kiosk, Tablet, find_staff
from tests.kiosk.receipts.slip import draw_slip

__all__ = ["gallery_folder"]

DOTS = 576
"""Of a roll of 80 mm."""


def hold_up(folder: Path, picture: np.ndarray) -> None:  # type: ignore[type-arg]
    """Show the camera this picture, and no other."""
    before = sorted(folder.glob("*.png"))
    written = folder / "next.tmp"
    written.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    written.replace(folder / f"{len(before)}-{secrets.token_hex(4)}.png")
    for other in before:
        other.unlink()


def slip_on_counter(document: bytes) -> np.ndarray:  # type: ignore[type-arg]
    """The lower part of a slip, with its code, on a wooden counter before the camera."""
    slip = draw_slip(document, DOTS)[-700:]
    picture = np.full((720, 1280), 150, dtype=np.uint8)
    height, width = slip.shape
    picture[10 : 10 + height, 350 : 350 + width] = slip
    return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)


@dataclass
class Check:
    """One look at a kiosk's devices, in one language."""

    gallery: Gallery
    page: Page
    seen: Path
    printer: FakePrinter

    def open(self, staff: dict[str, Any]) -> None:
        """Give number and PIN on the pad of the page behind the lock."""
        self.page.locator(".start__staff").click()
        expect(self.page.locator("#staff_number")).to_be_visible()
        self.gallery.look(self.page, "equipment-sign-in")
        for field, digits in (("staff_number", staff["staff_number"]), ("pin", staff["pin"])):
            self.page.locator(f"#{field}").focus()
            for digit in digits:
                self.page.locator(f'.pad [data-key="{digit}"]').click()
        self.page.locator('[form="equipment-form"]').click()

    def expect(self, kind: str, code: str = "") -> None:
        """Wait until a finding of this kind, and with this code, stands on the page."""
        wanted = f'[data-kind="{kind}"]' + (f'[data-code="{code}"]' if code else "")
        expect(self.page.locator(wanted)).to_be_visible(timeout=15_000)

    def try_printer(self) -> None:
        """Ask a printer that runs low, then print a slip."""
        self.printer.fault = Fault.PAPER_LOW
        self.page.locator(".equipment__acts a").click()
        self.expect("printer", "paper_low")
        self.printer.fault, before = Fault.NONE, len(self.printer.documents)
        self.page.locator(".equipment__acts form button").click()
        assert self.printer.wait_for_documents(before + 1, 15)
        self.expect("slip", "not_read_back")

    def try_camera(self) -> None:
        """Show it another code, which is not repeated, then the slip."""
        expect(self.page.locator('[data-kind="camera"] .equipment__measure')).to_have_count(2)
        hold_up(self.seen, frame(qr("SOMETHING-ELSE")))
        self.expect("echo")
        assert "SOMETHING-ELSE" not in self.page.content()
        hold_up(self.seen, slip_on_counter(self.printer.documents[-1]))
        self.expect("slip", "read_back")
        self.expect("printer", "ready")
        self.gallery.look(self.page, "equipment")


@pytest.mark.timeout(180)
def test_the_camera_reads_the_slip_that_the_printer_has_printed(
    start_product: Callable[..., Product],
    browser: Browser,
    gallery_folder: Path,
    tmp_path: Path,
    no_page_complains: list[str],
) -> None:
    seen = tmp_path / "seen"
    seen.mkdir()
    hold_up(seen, frame(seed=3))
    with FakePrinter() as printer:
        product = start_product("--camera", str(seen), "--printer", printer.target)
        jordan = find_staff(product.demo(), "Jordan")
        tablet = Tablet.open(browser, product.address, jordan).page
        for language, other in (("en", None), ("es", "Espa\u00f1ol")):
            hold_up(seen, frame(seed=3))
            kiosk = Kiosk.open(browser, product.address)
            for page in (kiosk.page, tablet) if other else ():
                page.get_by_role("button", name=other).click()
                expect(page.locator("html")).to_have_attribute("lang", language)
            check = Check(Gallery(gallery_folder, language, []), kiosk.page, seen, printer)
            check.open(jordan)
            check.try_printer()
            check.try_camera()
            tablet.goto(f"{product.address}/tablet/equipment")
            expect(tablet.locator('[data-kind="slip"][data-code="read_back"]')).to_be_visible()
            check.gallery.look(tablet, "tablet-equipment")
            kiosk.page.locator("header form button").click()
            expect(kiosk.page.locator(".start__staff")).to_be_visible()
            assert check.gallery.faults == []
    # What axe writes into the pages is not theirs.
    no_page_complains[:] = [each for each in no_page_complains if "inline style" not in each]
