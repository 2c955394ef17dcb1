"""A policy goes from a carrier's file to being planned, by two people; another version is stopped by two.

Every page on the way is held to its screens, to a page enlarged to 200 % and to axe, in both languages.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.desk import RegionDesk
from tests.journeys.gallery import Gallery, gallery_folder
from tests.journeys.running import REPOSITORY, Product
from tests.journeys.walking import LANDSCAPE, PHONE, Kiosk, find_person

__all__ = ["gallery_folder"]

SHIPPED = REPOSITORY / "store_api" / "demo" / "policies" / "upgrade-credit-50-v3.yaml"
SIZES = {"1280x800": LANDSCAPE, "640x400": {"width": 640, "height": 400}, "390x844": PHONE}
EXAMPLE = """\
examples:
  - name: Twenty months are enough now
    date: {day}
    facts: {{voucher.issued_on: {day}, order.device_category: phone, order.agreement_months: 24, \
line.last_upgrade_on: 2024-09-03}}
    expect: {{outcome: eligible, amount: 50.00 USD}}
"""


def next_version(starts_on: dt.date) -> str:
    """What a carrier would send: the next version of the credit, easier in two of its terms."""
    text = SHIPPED.read_text(encoding="utf-8").partition("examples:")[0]
    text = re.sub(r"version: \d+", "version: 4", text)
    text = re.sub(r"effective: .*", f"effective: {{from: {starts_on.isoformat()}}}", text)
    text = text.replace("at_least_ago: {months: 24}", "at_least_ago: {months: 20}")
    text = text.replace("at_least: 24", "at_least: 12")
    return text + EXAMPLE.format(day=starts_on.isoformat())


def with_faults(text: str) -> str:
    """The same file as somebody might send it first."""
    return text.replace("at_least_ago:", "at_least_agoo:").replace("is: phone", "is: fone")


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


def head_office(demo: dict[str, Any], role: str) -> list[dict[str, Any]]:
    return [each for each in demo["staff"] if each["role"] == role]


class Looks:
    """Looks at a page of the desk in both languages; it is left in English."""

    def __init__(self, folder: Path) -> None:
        def gallery(language: str) -> Gallery:
            return Gallery(
                folder,
                language,
                [],
                SIZES,  # type: ignore[arg-type]
                whole=("1280x800", "390x844"),
                unpictured=("640x400",),
                spanish="1280x800",
            )

        self.galleries = {language: gallery(language) for language in ("en", "es")}

    def look(self, desk: RegionDesk, name: str) -> None:
        """Hold the page that is open to its screens; come back to English."""
        for language, other in (("en", "Español"), ("es", "English")):
            self.galleries[language].look(desk.page, f"region-{name}")
            desk.page.get_by_role("button", name=other).click()
            expect(desk.page.locator("html")).not_to_have_attribute("lang", language)

    @property
    def faults(self) -> list[str]:
        """What was found in either language."""
        return [*self.galleries["en"].faults, *self.galleries["es"].faults]


def ask_at_the_kiosk(browser: Browser, product: Product, demo: dict[str, Any]) -> None:
    """Two decisions are recorded: for Sam it is too soon, and Maya chooses too short an agreement."""
    kiosk = Kiosk.open(browser, product.address)
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, "Sam"))
    kiosk.choose("$50 upgrade credit")
    assert "Not yet." in kiosk.sheet
    kiosk = Kiosk.open(browser, product.address)
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, "Maya"))
    kiosk.choose("$50 upgrade credit")
    kiosk.answer_phone_and_months("Orbit 5, 128 GB", "12 months")
    assert "Not as it stands." in kiosk.sheet


def write_and_check(author: RegionDesk, looks: Looks) -> None:
    """A carrier's bad file shows its faults at its lines; put right it is checked."""
    good = next_version(dt.datetime.now(dt.UTC).date() + dt.timedelta(days=40))
    bad = with_faults(good)
    looks.look(author, "policies")
    author.upload("upgrade-credit.yaml", bad)
    expect(author.page.locator(".faults")).to_be_focused()
    for piece in ("is: fone", "at_least_agoo:"):
        line = line_of(bad, piece)
        expect(author.page.locator(f"#line-{line} .code__remark").first).to_be_visible()
        expect(author.page.locator(f'.faults a[href="#line-{line}"]').first).to_be_visible()
    expect(author.page.locator("mark").filter(has_text="fone")).to_be_visible()
    looks.look(author, "draft-faults")
    author.write(good)
    expect(author.page.locator(".faults")).to_have_count(0)
    author.run_checks()
    looks.look(author, "draft")
    author.choose("See what changes")
    author.see("Nobody loses.")
    expect(author.page.locator("del")).to_have_text(["gone: 24", "gone: 24"])
    expect(author.page.locator("ins")).to_have_text(["new: 12", "new: 20"])
    expect(author.page.locator(".customer--gains dl")).to_contain_text("Last upgrade of this line")
    looks.look(author, "comparison")


def confirm_and_approve(manager: RegionDesk, pin: str, looks: Looks) -> None:
    """Somebody else reads each sentence, looks at the impact and the sheets, and approves."""
    manager.open_draft(4)
    manager.choose("Confirm and approve")
    looks.look(manager, "confirm")
    assert manager.confirm_every_sentence() == 10
    expect(manager.page.get_by_label("Your own PIN")).to_have_count(0)
    manager.see("A check was not run yet: impact preview.")
    manager.look_at_impact()
    gained = manager.page.get_by_role("row").filter(has_text="Maple St store").last
    expect(gained).to_contain_text("gains")
    expect(gained).to_contain_text("Renew the service agreement for at least 12 months.")
    looks.look(manager, "impact")
    manager.open_draft(4)
    manager.choose("As the customer reads it")
    manager.choose("Not yet")
    expect(manager.page.locator("#sheet")).to_have_attribute("data-tone", "not_yet")
    expect(manager.page.locator(".slip")).to_contain_text("--------------------------------")
    looks.look(manager, "preview")
    manager.open_draft(4)
    manager.choose("Confirm and approve")
    manager.approve("0" if pin != "0" else "1")
    manager.see("That is not your PIN.")
    manager.approve(pin)
    manager.see("Approved and frozen.")
    manager.policies()
    row = manager.page.get_by_role("row").filter(has_text="Planned")
    expect(row.get_by_role("link", name="Version 4")).to_be_visible()


def stop_by_two(manager: RegionDesk, other: RegionDesk, pin: str, looks: Looks) -> None:
    """One asks, another confirms; who asked is not offered to."""
    for desk in (manager, other):
        desk.policies()
        desk.choose("Version 3")
    looks.look(manager, "version")
    manager.page.get_by_text("Ask for an emergency stop").click()
    manager.page.get_by_label("Why it has to stop").fill("The Spanish sentence names another amount.")
    manager.choose("Ask for the stop")
    manager.see("Nothing is stopped yet.")
    expect(manager.page.get_by_label("Your own PIN")).to_have_count(0)
    other.page.reload()
    other.page.get_by_label("Your own PIN").fill(pin)
    other.choose("Stop it now")
    other.see("What was issued is honoured.")
    looks.look(other, "stopped")
    other.policies()
    expect(other.page.get_by_role("row").filter(has_text="Stopped")).to_have_count(1)


@pytest.mark.timeout(300)
def test_a_carriers_file_becomes_a_planned_version_and_another_is_stopped(
    start_product: Callable[..., Product],
    browser: Browser,
    gallery_folder: Path,
    no_page_complains: list[str],
) -> None:
    product = start_product()
    demo = product.demo()
    looks = Looks(gallery_folder)
    ask_at_the_kiosk(browser, product, demo)
    author = RegionDesk.open(browser, product.address, head_office(demo, "author")[0])
    write_and_check(author, looks)
    author.choose("$50 upgrade credit")
    author.page.goto(f"{author.page.url}/approve")
    author.see("Somebody else has to approve it.")
    expect(author.page.get_by_label("Your own PIN")).to_have_count(0)
    first, second = head_office(demo, "region")
    manager = RegionDesk.open(browser, product.address, first)
    confirm_and_approve(manager, first["pin"], looks)
    other = RegionDesk.open(browser, product.address, second)
    stop_by_two(manager, other, second["pin"], looks)
    assert looks.faults == []
    # What axe writes into the pages is not theirs.
    no_page_complains[:] = [each for each in no_page_complains if "inline style" not in each]
