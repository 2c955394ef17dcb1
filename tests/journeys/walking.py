"""What people do at the faces, step by step, through what the screens offer and nothing else.

What it is for: journeys read as a list of actions of a customer, a rep, a till.
What it must not know: addresses of pages beyond the first one, the API, the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, expect

PORTRAIT = {"width": 1080, "height": 1920}
LANDSCAPE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def find_person(demo: dict[str, Any], name: str) -> dict[str, Any]:
    """A person of the demo by first name."""
    people = (person for account in demo["accounts"] for person in account["people"])
    return next(person for person in people if person["name"] == name)


def find_account(demo: dict[str, Any], name: str) -> dict[str, Any]:
    """The demo's account to which a person belongs."""
    accounts = demo["accounts"]
    return next(a for a in accounts if any(person["name"] == name for person in a["people"]))


def find_staff(demo: dict[str, Any], name: str) -> dict[str, Any]:
    """A member of the demo's staff by name."""
    return next(each for each in demo["staff"] if each["name"] == name)


@dataclass
class Kiosk:
    """A customer at the kiosk's screen."""

    page: Page

    @classmethod
    def open(cls, browser: Browser, address: str, size: dict[str, int] = PORTRAIT) -> Kiosk:
        """A fresh browser, paired with the kiosk's station from the demo's desk."""
        page = browser.new_context(viewport=size, has_touch=True).new_page()
        page.goto(address)
        page.get_by_role("button", name=re.compile("kiosk-1.")).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What can I get today?")
        return cls(page)

    def choose(self, words: str) -> None:
        """Touch the link or button with these words."""
        page = self.page
        page.get_by_role("link", name=words).or_(page.get_by_role("button", name=words)).first.click()

    def tap_digits(self, digits: str) -> None:
        """Type on the pad of real buttons."""
        pad = self.page.get_by_role("group", name="Number keys")
        for digit in digits:
            pad.get_by_role("button", name=digit, exact=True).click()

    def say_who(self, person: dict[str, Any]) -> None:
        """Give the telephone number and the person's own PIN on the pad."""
        expect(self.page.get_by_label("Phone number")).to_be_visible()
        self.tap_digits(re.sub(r"\D", "", person["telephone"]).removeprefix("1"))
        self.choose("Continue")
        expect(self.page.get_by_label("PIN", exact=True)).to_be_visible()
        self.tap_digits(person["pin"])
        self.choose("Continue")

    def answer_phone_and_months(self, phone: str, months: str) -> None:
        """Answer the two questions of an upgrade credit."""
        expect(self.page.get_by_role("heading", name="Which phone would you like?")).to_be_visible()
        self.page.get_by_role("button", name=phone).click()
        expect(self.page.get_by_role("heading", name="For how many months?")).to_be_visible()
        self.page.get_by_role("button", name=months).click()

    def reserve(self) -> str:
        """Reserve what the sheet grants; the visit's code for the rep."""
        self.choose("Reserve it")
        self.choose("Reserve it for me")
        expect(self.page.get_by_role("heading", name="It is reserved for you")).to_be_visible()
        return self.page.locator(".visit-code").inner_text().strip()

    @property
    def sheet(self) -> str:
        """The sheet's text as the screen has it, line by line."""
        expect(self.page.locator("#sheet")).to_be_visible()
        return self.page.locator("#sheet").inner_text()


@dataclass
class Tablet:
    """A rep with the store's tablet."""

    page: Page

    @classmethod
    def open(cls, browser: Browser, address: str, staff: dict[str, Any]) -> Tablet:
        """A fresh browser, paired with the tablet's station, with a rep signed in."""
        page = browser.new_context(viewport=LANDSCAPE, has_touch=True).new_page()
        page.goto(address)
        page.get_by_role("button", name=re.compile("tablet-1.")).first.click()
        page.get_by_label("Staff number").fill(staff["staff_number"])
        page.get_by_label("Your own PIN").fill(staff["pin"])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Open visits")).to_be_visible()
        return cls(page)

    def open_visit(self, code: str) -> None:
        """Open the visit with the code that the customer says."""
        self.page.get_by_role("link", name=re.compile(re.escape(code))).click()
        expect(self.page.locator("#visit")).to_be_visible()

    def confirm(self) -> None:
        """Confirm the order; the credit is used."""
        self.page.get_by_role("button", name="Confirm the order and use the credit").click()
        expect(self.page.get_by_text(re.compile("^Used. Confirmed by"))).to_be_visible()

    @property
    def sheet(self) -> str:
        """The sheet's text as the tablet has it."""
        expect(self.page.locator("#sheet")).to_be_visible()
        return self.page.locator("#sheet").inner_text()
