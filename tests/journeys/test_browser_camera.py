"""The camera of the device that shows the page reads a voucher, and says in words when it may not be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.conftest import CHROMIUM_ARGUMENTS
from tests.hardware.pictures import frame, linear, qr
from tests.journeys.running import Product
from tests.journeys.walking import PHONE, Kiosk, find_account

SIZE = (640, 480)


def write_film(path: Path, code: np.ndarray, frames: int = 30) -> Path:
    """A film in the raw form that Chromium's fake camera plays: a code that sways a little."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{SIZE[0]} H{SIZE[1]} F15:1 Ip A1:1 C420mpeg2\n".encode())
        for number in range(frames):
            picture = np.roll(frame(code, *SIZE), (number % 5) * 3, axis=1)
            file.write(b"FRAME\n" + cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path


@contextmanager
def browser_with_camera(browser: Browser, path: str, *arguments: str) -> Iterator[Browser]:
    """Another Chromium whose camera is a film."""
    options = [*CHROMIUM_ARGUMENTS, "--use-fake-device-for-media-stream", *arguments]
    opened = browser.browser_type.launch(executable_path=path, args=options)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def product(start_product: Callable[..., Product]) -> Product:
    """A demo without a camera of its own."""
    return start_product("--printer", "pdf:receipts")


def test_a_voucher_before_the_browsers_camera_is_read_and_decided_by_the_service(
    product: Product, browser: Browser, chromium_path: str, tmp_path: Path
) -> None:
    code = find_account(product.demo(), "Maya")["vouchers"][0]["code"]
    for name, drawn in (("qr", qr(code)), ("code128", linear(code, "Code128", module=2))):
        film = write_film(tmp_path / f"{name}.y4m", drawn)
        arguments = ("--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={film}")
        with browser_with_camera(browser, chromium_path, *arguments) as with_camera:
            kiosk = Kiosk.open(with_camera, product.address, PHONE)
            kiosk.choose("Scan a voucher")
            kiosk.choose("Use this device's camera")
            shown = kiosk.page.get_by_role("heading", name="The voucher that you showed")
            expect(shown).to_be_visible(timeout=20_000)


def test_a_camera_that_is_not_allowed_is_explained_and_the_photo_stays(
    product: Product, browser: Browser, chromium_path: str
) -> None:
    with browser_with_camera(browser, chromium_path, "--deny-permission-prompts") as with_camera:
        kiosk = Kiosk.open(with_camera, product.address, PHONE)
        kiosk.choose("Scan a voucher")
        kiosk.choose("Use this device's camera")
        told = kiosk.page.locator("#own-camera [data-says]")
        expect(told).to_contain_text("The camera is not allowed here.", timeout=10_000)
        expect(kiosk.page.get_by_text("Choose a photo")).to_be_visible()
        assert Axe().run(kiosk.page).violations_count == 0
