"""What people of the region do at their desk, step by step, through what the screens offer.

What it must not know: addresses of pages beyond the first one, the API, the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.walking import LANDSCAPE


@dataclass
class RegionDesk:
    """Somebody at a desk of the region."""

    page: Page

    @classmethod
    def open(cls, browser: Browser, address: str, staff: dict[str, Any]) -> RegionDesk:
        """A fresh browser, paired with the desk, with somebody signed in."""
        page = browser.new_context(viewport=LANDSCAPE).new_page()
        page.goto(address)
        page.get_by_role("button", name=re.compile("^Open desk")).first.click()
        page.get_by_label("Staff number").fill(staff["staff_number"])
        page.get_by_label("Your own PIN").fill(staff["pin"])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1, name="Policies")).to_be_visible()
        return cls(page)

    def choose(self, words: str) -> None:
        """Press the link or button with these words."""
        page = self.page
        page.get_by_role("link", name=words).or_(page.get_by_role("button", name=words)).first.click()

    def policies(self) -> None:
        """Go to the list."""
        self.page.get_by_role("navigation").get_by_role("link", name="Policies").first.click()
        expect(self.page.get_by_role("heading", level=1, name="Policies")).to_be_visible()

    def see(self, words: str | re.Pattern[str]) -> None:
        """Wait until the page says this."""
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=15_000)

    def upload(self, name: str, text: str) -> None:
        """Make a draft from a carrier's file."""
        self.policies()
        self.choose("New draft")
        content = {"name": name, "mimeType": "application/yaml", "buffer": text.encode()}
        self.page.get_by_label("A policy file").set_input_files(content)  # type: ignore[arg-type]
        self.choose("Save the draft")
        expect(self.page.locator("#draft")).to_be_visible()

    def write(self, text: str) -> None:
        """Replace the draft's text and save it."""
        self.choose("Edit the text")
        self.page.get_by_label("The document").fill(text)
        self.choose("Save the draft")
        expect(self.page.locator("#draft")).to_be_visible()

    def run_checks(self) -> None:
        """Run the checks and wait for what they found."""
        self.choose("Run the checks")
        self.see(re.compile("Last run on"))

    def open_draft(self, version: int) -> None:
        """Open the draft of a version from the list."""
        self.policies()
        self.page.locator('#policies a[href*="/drafts/"]').filter(has_text=f"Version {version}").click()
        expect(self.page.locator("#draft")).to_be_visible()

    def confirm_every_sentence(self) -> int:
        """Confirm one after the other with the keyboard alone; how many there were."""
        done = self.page.locator(".confirm-row--done")
        count = self.page.locator(".confirm-row").count()
        for number in range(count):
            button = self.page.locator("[data-next-to-confirm]")
            if number == 0:
                button.focus()
            expect(button).to_be_focused()
            self.page.keyboard.press("Enter")
            expect(done).to_have_count(number + 1)
        return count

    def look_at_impact(self) -> None:
        """Decide recorded decisions again, and wait for the end."""
        self.choose("Impact preview")
        self.choose("Start the preview")
        self.see(re.compile("^Finished: "))

    def approve(self, pin: str) -> None:
        """Approve with a PIN."""
        self.page.get_by_label("Your own PIN").fill(pin)
        self.choose("Approve with my PIN")
