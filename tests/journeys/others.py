"""What people do at the faces that are not in the store: an owner's phone, an agent of customer care.

What it must not know: addresses of pages beyond the first one of each face, the API, the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.walking import LANDSCAPE, PHONE


@dataclass
class Phone:
    """Somebody elsewhere with a phone of their own."""

    page: Page

    @classmethod
    def open(cls, browser: Browser, address: str, language: str = "en-US") -> Phone:
        """A fresh browser of a phone, at the address that the QR code carries."""
        page = browser.new_context(viewport=PHONE, has_touch=True, locale=language).new_page()  # type: ignore[arg-type]
        page.goto(address)
        return cls(page)

    def type_code(self, code: str) -> None:
        """Join by the eight characters that were read aloud."""
        self.page.get_by_label("Visit code").fill(code)
        self.page.get_by_role("button", name="Join").click()

    def say_who(self, person: dict[str, Any]) -> None:
        """The holder's own number and PIN."""
        expect(self.page.get_by_role("heading", name="First say who you are")).to_be_visible()
        self.page.get_by_label("Your phone number").fill(person["telephone"])
        self.page.get_by_label("Your own PIN").fill(person["pin"])
        self.page.get_by_role("button", name="Continue").click()

    @property
    def sheet(self) -> str:
        """The sheet's text as the phone has it."""
        expect(self.page.locator("#sheet")).to_be_visible()
        return self.page.locator("#sheet").inner_text()


@dataclass
class Care:
    """An agent of customer care at a desk."""

    page: Page

    @classmethod
    def open(cls, browser: Browser, address: str, staff: dict[str, Any]) -> Care:
        """A fresh browser, paired with the care desk, with an agent signed in."""
        page = browser.new_context(viewport=LANDSCAPE).new_page()  # type: ignore[arg-type]
        page.goto(address)
        page.get_by_role("button", name=re.compile("care-desk")).first.click()
        page.get_by_label("Staff number").fill(staff["staff_number"])
        page.get_by_label("Your own PIN").fill(staff["pin"])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Who is calling?")).to_be_visible()
        return cls(page)

    def take_call(self, person: dict[str, Any]) -> None:
        """Somebody calls and tells their number and own PIN."""
        self.page.get_by_label("Phone number of the caller").fill(person["telephone"])
        self.page.get_by_label("The caller's own PIN").fill(person["pin"])
        self.page.get_by_role("button", name="Check the caller").click()
        expect(self.page.get_by_role("heading", name="is on the telephone")).to_be_visible()

    def open_visit(self) -> None:
        """Open the account's visit that is in a store now."""
        self.page.locator(".visits__row").first.click()
        expect(self.page.locator("#visit")).to_be_visible()

    @property
    def sheet(self) -> str:
        """The sheet's text as the desk has it."""
        expect(self.page.locator("#sheet")).to_be_visible()
        return self.page.locator("#sheet").inner_text()


def lamps(page: Page) -> dict[str, str]:
    """Who the light says is in the visit, and how: sees, waits, here or gone."""
    found = page.locator("#light .lamp").all()
    return {
        str(each.locator("span").first.inner_text()): str(each.get_attribute("class")).split("--")[-1]
        for each in found
    }


def wait_for_light(page: Page, names: set[str]) -> None:
    """Wait until exactly these are said to see the sheet."""
    expect(page.locator("#light .lamp--sees")).to_have_count(len(names), timeout=10_000)
    assert {name for name, lamp in lamps(page).items() if lamp == "sees"} == names
