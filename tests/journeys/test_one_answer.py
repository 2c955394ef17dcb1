"""One answer: the same sentences, in the same order, under the same terms code, wherever it is shown."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from hardware.printer.fake import FakePrinter
from tests.journeys.reading import normalised, pdf_text, thermal_text
from tests.journeys.running import REPOSITORY, Product
from tests.journeys.walking import PHONE, Kiosk, Tablet, find_person, find_staff

LANGUAGES = {"en": "English", "es": "Español"}
PRINT_WORDS = {
    "en": ("Print this answer", "It was sent to the printer", "Back to my answer"),
    "es": ("Imprimir la respuesta", "Se envió a la impresora", "Volver a mi respuesta"),
}


@dataclass(frozen=True)
class Shown:
    """What every face showed of one decision: the sentences of the API, and the text of the others."""

    terms_code: str
    sentences: list[str]
    texts: dict[str, str]


def differences(shown: Shown) -> dict[str, str]:
    """The faces that lack a sentence, have it in another place or say more, with what stands there instead.

    A screen's sheet must be the sentences and nothing else. Paper has a head and a foot around them, so the
    sentences must follow one another without a word between.
    """
    wanted = normalised(" ".join(shown.sentences))
    found = {}
    for face, text in shown.texts.items():
        told = normalised(text)
        on_screen = face in ("kiosk", "tablet")
        if told != wanted if on_screen else wanted not in told:
            begin = max(0, told.find(wanted[:20]))
            pairs = zip(told[begin:], wanted, strict=False)
            same = next((place for place, (one, other) in enumerate(pairs) if one != other), len(wanted))
            found[face] = f"{told[begin + same :][:60]!r} for {wanted[same:][:60]!r}"
    return found


def call(product: Product, path: str, token: str, method: str = "GET", body: Any = None) -> Any:
    """One call of the API, as a partner's till would make it."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.request(method, product.address + path, json=body, headers=headers, timeout=10)
    return answer.raise_for_status().json()


def staff_token(product: Product, demo: dict[str, Any], name: str) -> str:
    """A session of a member of staff, opened from the store's tablet."""
    staff = find_staff(demo, name)
    tablet = next(each["token"] for each in demo["devices"] if each["station"] == "tablet-1")
    sign_in = {"staff_number": staff["staff_number"], "pin": staff["pin"]}
    token: str = call(product, "/v1/staff/sessions", tablet, "POST", sign_in)["token"]
    return token


def read_api(product: Product, token: str, language: str) -> tuple[str, list[str]]:
    """The terms code and the sentences of the one open visit, by the API."""
    (visit,) = call(product, "/v1/visits?state=open", token)["visits"]
    decision = visit["decision"]
    lines = decision["sheets"][language]["lines"]
    return decision["terms_code"], [part for line in lines for part in (line["text"], line["mark"]) if part]


def show_on_screens_and_roll(
    product: Product, browser: Browser, thermal: FakePrinter, name: str, language: str
) -> tuple[Kiosk, Shown]:
    """Decide once at the kiosk, and collect the sheet from both screens, the API and the thermal printer."""
    demo = product.demo()
    kiosk = decide_at_kiosk(product, browser, demo, name, language)
    print_answer(kiosk, language)
    assert thermal.wait_for_documents(1)
    tablet = Tablet.open(browser, product.address, find_staff(demo, "Jordan"))
    tablet.page.locator("a.visits__row").first.click()
    code, sentences = read_api(product, staff_token(product, demo, "Jordan"), language)
    roll = thermal_text(thermal.documents[0])
    return kiosk, Shown(code, sentences, {"kiosk": kiosk.sheet, "tablet": tablet.sheet, "thermal": roll})


def print_pdf(product: Product, kiosk: Kiosk, language: str) -> str:
    """Start the product again with a printer that makes PDFs, print the same answer, and read the paper.

    The visit and its answer are still there after the start.
    """
    product.stop()
    product.options = ("--printer", "pdf:receipts")
    product.start()
    kiosk.page.reload()
    print_answer(kiosk, language)
    (receipt,) = (product.folder / "receipts").glob("*.pdf")
    return pdf_text(receipt.read_bytes())


def decide_at_kiosk(
    product: Product, browser: Browser, demo: dict[str, Any], name: str, language: str
) -> Kiosk:
    """Walk to the sheet of the upgrade credit."""
    kiosk = Kiosk.open(browser, product.address, PHONE)
    kiosk.choose("Use my phone number")
    kiosk.say_who(find_person(demo, name))
    kiosk.choose("$50 upgrade credit")
    if name == "Maya":
        kiosk.answer_phone_and_months("Orbit 5, 128 GB", "24 months")
    expect(kiosk.page.locator("#sheet")).to_be_visible()
    if language != "en":
        kiosk.choose(LANGUAGES[language])
    expect(kiosk.page.locator("#sheet")).to_have_attribute("lang", language)
    return kiosk


def print_answer(kiosk: Kiosk, language: str) -> None:
    """Print the answer, wait until it was sent, and come back to it."""
    words = PRINT_WORDS[language]
    kiosk.choose(words[0])
    expect(kiosk.page.get_by_text(words[1])).to_be_visible(timeout=10_000)
    kiosk.choose(words[2])


@pytest.mark.parametrize(("name", "language"), [("Maya", "en"), ("Sam", "es")])
def test_every_face_and_paper_shows_the_same_sentences(
    start_product: Callable[..., Product], browser: Browser, name: str, language: str
) -> None:
    with FakePrinter() as thermal:
        product = start_product("--printer", thermal.target)
        kiosk, shown = show_on_screens_and_roll(product, browser, thermal, name, language)
        shown.texts["pdf"] = print_pdf(product, kiosk, language)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", shown.terms_code)
    assert shown.terms_code in shown.sentences
    assert differences(shown) == {}


# The screens' renderer, altered so that it leaves the lines of one kind out.
ALTERED = """
import kiosk.rendering

whole = kiosk.rendering.blocks
kiosk.rendering.blocks = lambda sheet: whole(
    sheet.model_copy(update={"lines": tuple(line for line in sheet.lines if line.kind != "free")})
)
"""


def test_a_renderer_that_leaves_lines_out_is_found(
    start_product: Callable[..., Product], browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(ALTERED)
    with FakePrinter() as thermal:
        altered = f"{tmp_path}{os.pathsep}{REPOSITORY}"
        product = start_product("--printer", thermal.target, PYTHONPATH=altered)
        _, shown = show_on_screens_and_roll(product, browser, thermal, "Tom", "en")
    assert set(differences(shown)) == {"kiosk", "tablet"}
