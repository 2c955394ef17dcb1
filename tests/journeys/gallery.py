"""Looks at pages: their pictures at every size, and what every page must be.

What it is for: no page is wider than its screen, axe finds nothing, and the pictures beside the documents are
made anew where SAMETERMS_SCREENSHOTS=write asks for them.
What it must not know: what any page is for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.journeys.running import REPOSITORY
from tests.journeys.walking import LANDSCAPE, PHONE, PORTRAIT

PICTURES = REPOSITORY / "docs" / "screens"
SIZES: dict[str, ViewportSize] = {
    "1080x1920": PORTRAIT, "1280x800": LANDSCAPE, "390x844": PHONE,
}  # type: ignore[dict-item]  # fmt: skip


WIDEST = """[...document.querySelectorAll("main *, header *")]
    .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 80)).join(" | ")"""


@dataclass
class Gallery:
    """Looks at pages: takes their pictures at every size, and holds them to what every page must be."""

    folder: Path
    language: str
    faults: list[str]
    sizes: Mapping[str, ViewportSize] = field(default_factory=lambda: SIZES)
    whole: tuple[str, ...] = ()
    """The sizes at which a picture shows the page to its end, and not only what the screen holds."""
    unpictured: tuple[str, ...] = ()
    """Sizes that a page is held to and of which no picture is kept."""
    spanish: str = "1080x1920"
    """The size at which a page is pictured in Spanish."""

    def look(self, page: Page, name: str) -> None:
        """Hold the page to every size and to axe; take its pictures where new ones were asked for."""
        page.evaluate("document.fonts.ready")
        for size, viewport in self.sizes.items():
            page.set_viewport_size(viewport)
            self._hold_width(page, f"{name} at {size}")
            if self._is_pictured(size):
                path = self.folder / f"{name}-{self.language}-{size}.png"
                page.screenshot(path=path, full_page=size in self.whole)
        page.set_viewport_size({"width": 320, "height": 800})
        self._hold_width(page, f"{name} at 320")
        page.set_viewport_size(next(iter(self.sizes.values())))
        for violation in Axe().run(page).response["violations"]:
            nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            self.faults.append(f"{name} ({self.language}): {violation['id']}: {nodes}")

    def _is_pictured(self, size: str) -> bool:
        wanted = self.folder == PICTURES and size not in self.unpictured
        return wanted and (self.language == "en" or size == self.spanish)

    def _hold_width(self, page: Page, where: str) -> None:
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide = page.evaluate(WIDEST)
            self.faults.append(f"{where} ({self.language}): {over} px wider than the screen: {wide}")


@pytest.fixture
def gallery_folder(tmp_path: Path) -> Path:
    """The documents' own folder where new pictures were asked for, else one that is thrown away."""
    folder = PICTURES if os.environ.get("SAMETERMS_SCREENSHOTS") == "write" else tmp_path / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
