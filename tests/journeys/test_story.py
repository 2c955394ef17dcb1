"""The story the product was made for, walked in real browsers against the running product."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, expect

from tests.journeys.photograph import film
from tests.journeys.reading import normalised, pdf_text
from tests.journeys.running import Product
from tests.journeys.walking import PORTRAIT, Kiosk, Tablet, find_account, find_person, find_staff

ORBIT, TWO_YEARS = "Orbit 5, 128 GB", "24 months"


@pytest.fixture
def product(start_product: Callable[..., Product]) -> Product:
    """A demo that prints to PDF files."""
    return start_product("--printer", "pdf:receipts")


def receipts(product: Product) -> list[Path]:
    """The receipts printed so far."""
    return sorted((product.folder / "receipts").glob("*.pdf"))


def test_the_daughter_uses_the_credit_without_any_paper(product: Product, browser: Browser) -> None:
    demo = product.demo()
    kiosk = Kiosk.open(browser, product.address)
    tablet = Tablet.open(browser, product.address, find_staff(demo, "Jordan"))
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, "Maya"))
    kiosk.choose("$50 upgrade credit")
    kiosk.answer_phone_and_months(ORBIT, TWO_YEARS)

    for sentence in (
        "Yes. $49.99 off this phone.",
        "A change of plan.",
        "The paper voucher.",
        "Left to pay",
        "$0.00",
        "$0.01",
    ):
        assert sentence in kiosk.sheet
    shown = kiosk.sheet
    code = kiosk.reserve()
    tablet.open_visit(code)
    assert tablet.sheet == shown
    tablet.confirm()

    expect(kiosk.page.get_by_role("heading", name="Done. It is used.")).to_be_visible(timeout=10_000)
    expect(kiosk.page.get_by_text("It was sent to the printer")).to_be_visible(timeout=10_000)
    (receipt,) = receipts(product)
    paper = normalised(pdf_text(receipt.read_bytes()))
    assert normalised(shown) in paper
    assert re.search(r"Used on \d+ \w+ \d{4} at [\d:]+ [AP]M, Maple St store\. Confirmed by Jordan\.", paper)
    kiosk.choose("Finish")
    expect(kiosk.page.get_by_role("heading", level=1)).to_have_text("What can I get today?")

    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, "Maya"))
    expect(kiosk.page.get_by_text("Maple St store").last).to_be_visible()
    kiosk.choose("$50 upgrade credit")
    assert "was used" in kiosk.sheet
    assert "Maple St store" in kiosk.sheet


def test_a_printed_voucher_is_photographed_read_and_used(
    start_product: Callable[..., Product], browser: Browser
) -> None:
    first = start_product(folder="product")
    demo = first.demo()
    page = browser.new_page()
    page.goto(first.address)
    address = page.get_by_role("link", name=re.compile("family-credit.*pdf")).get_attribute("href")
    paper = page.request.get(f"{first.address}{address}").body()
    first.stop()

    frames = film(paper, first.folder / "frames")
    product = start_product("--camera", str(frames), "--printer", "pdf:receipts", folder="product")
    tablet = Tablet.open(browser, product.address, find_staff(demo, "Jordan"))
    kiosk = Kiosk.open(browser, product.address)
    kiosk.choose("Scan a voucher")
    expect(kiosk.page.get_by_role("heading", name="The voucher that you showed")).to_be_visible(
        timeout=20_000
    )
    assert "Maya" not in kiosk.page.content()
    assert "Rosa" not in kiosk.page.content()
    kiosk.choose("See what I get")
    kiosk.say_who(find_person(demo, "Maya"))
    kiosk.answer_phone_and_months(ORBIT, TWO_YEARS)
    shown = kiosk.sheet
    assert "Yes. $49.99 off this phone." in shown
    code = kiosk.reserve()
    tablet.open_visit(code)
    assert tablet.sheet == shown
    tablet.confirm()
    expect(kiosk.page.get_by_role("heading", name="Done. It is used.")).to_be_visible(timeout=10_000)
    expect(kiosk.page.get_by_text("It was sent to the printer")).to_be_visible(timeout=10_000)
    assert len(receipts(product)) == 1


def test_a_line_that_is_not_eligible_yet_gets_a_date_and_a_printed_no(
    product: Product, browser: Browser
) -> None:
    demo = product.demo()
    kiosk = Kiosk.open(browser, product.address)
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, "Sam"))
    kiosk.choose("$50 upgrade credit")
    assert re.match(r"Not yet\. From \d+ \w+ \d{4} at the earliest\.", kiosk.sheet)
    assert "Not met" in kiosk.sheet
    kiosk.choose("Print this answer")
    expect(kiosk.page.get_by_text("It was sent to the printer")).to_be_visible(timeout=10_000)
    assert len(receipts(product)) == 1


def test_a_member_without_the_owners_leave_learns_how_to_get_it(product: Product, browser: Browser) -> None:
    demo = product.demo()
    kiosk = Kiosk.open(browser, product.address)
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, "Tom"))
    kiosk.choose("$50 upgrade credit")
    assert "owner" in kiosk.sheet
    assert kiosk.page.get_by_role("link", name="Reserve it").count() == 0
    kiosk.choose("Español")
    assert "titular" in kiosk.sheet


def test_another_account_learns_nothing_of_where_a_voucher_was_used(
    product: Product, browser: Browser
) -> None:
    demo = product.demo()
    used = next(voucher["code"] for voucher in find_account(demo, "Ben")["vouchers"])
    kiosk = Kiosk.open(browser, product.address, PORTRAIT)
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, "Nora"))
    kiosk.choose("I have a voucher to show")
    kiosk.page.get_by_label("Type the code").fill(used)
    kiosk.choose("Find it")
    expect(kiosk.page.get_by_role("button", name="Find it")).to_be_hidden()
    text = kiosk.page.locator("main").inner_text()
    assert "Harbor" not in text
    assert "Ben" not in text


def test_a_product_before_the_camera_is_explained_and_the_way_on_is_shown(
    start_product: Callable[..., Product], browser: Browser, tmp_path: Path
) -> None:
    picture = tmp_path / "address.png"
    segno.make_qr("https://example.org/some/page").save(str(picture), scale=12, border=8)
    product = start_product("--camera", str(picture))
    kiosk = Kiosk.open(browser, product.address)
    kiosk.choose("Scan a voucher")
    expect(kiosk.page.get_by_role("link", name="Use my phone number")).to_be_visible(timeout=20_000)
    assert "example.org" not in kiosk.page.locator("main").inner_text()
    assert "address" in kiosk.page.locator("main").inner_text()
