"""A carrier with a GS1 prefix: vouchers are issued with a coupon number, printed, and found by a scan.

The way is the real one: the series is issued, its page is drawn as PDF, the decoder reads the page's
picture, and the kiosk's scan finds the voucher by what was read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.decode import decode_image
from kiosk.devices import name_of
from kiosk.receipts.voucher_pdf import Symbol, make_voucher_pdf
from kiosk.scan.inbox import ScanInbox
from store_api.campaigns.service import begin, issue_bearers
from store_api.contract import CampaignRequest
from store_api.contract.voucher_codes import gs1_check_digit
from store_api.db import Database
from store_api.policies import service as policies
from store_api.settings import Settings
from store_api.vouchers.service import read_code, symbol_of
from store_api.work import Work
from tests.kiosk.receipts.rasterise import rasterise
from tests.store_api.clients import Client
from tests.store_api.factories import NOW, OPERATOR, make_settings

POLICY = (Path(__file__).parents[3] / "store_api/demo/policies/wireline-thank-you-20-v1.yaml").read_text()
NUMBER = "9501101020917"
CODE = "RQG8E9STRREMB"


@pytest.fixture(params=["gs1", "digital_link"])
def settings(database_url: str, request: pytest.FixtureRequest) -> Settings:
    """Settings of a carrier that owns a prefix and prints its vouchers in one of the two ways."""
    link = "https://id.carrier.example/v"
    return make_settings(
        database_url, coupon_number=NUMBER, voucher_symbol=request.param, digital_link_address=link
    )


def issue(database: Database, settings: Settings, path: Path, count: int) -> list[dict[str, str]]:
    """Issue a series of bearers' vouchers; the rows of the file that a print shop gets."""

    @contextmanager
    def opened() -> Iterator[Work]:
        with database.transaction() as session:
            yield Work(session, NOW, OPERATOR, settings)

    with opened() as work:
        policies.load_version(work.session, POLICY, "p.yaml", policies.read_catalogue(), NOW)
        begin(work, CampaignRequest(campaign_id="c", policy="wireline-thank-you-20"))
    issue_bearers(opened, "c", "d", count, path, lambda job: None)
    return list(csv.DictReader(io.StringIO(path.read_text())))


def scanned(text: str, form: str) -> tuple[str, str]:
    """What the kiosk's inbox keeps of a printed voucher: drawn as its page, read by the decoder."""
    page = make_voucher_pdf("Sameterms", CODE, Symbol(form, text), "$20 off", "Thank you", [], "en")
    (reading,) = decode_image(rasterise(page), budget=60)
    inbox = ScanInbox(lambda: 1.0)
    inbox.put("kiosk-1", reading.text, reading.symbology, "camera")
    scan = inbox.take("kiosk-1")
    assert scan is not None
    return scan.text, name_of(scan.symbology)


def test_a_voucher_of_a_series_is_found_by_what_its_page_shows(
    database: Database, settings: Settings, as_kiosk: Client, tmp_path: Path
) -> None:
    rows = issue(database, settings, tmp_path / "codes.csv", 3)
    assert len({row["coupon_number"] for row in rows}) == 3
    for row in rows:
        assert row["coupon_number"].startswith(NUMBER)
        assert len(row["coupon_number"]) == 25
    text, symbology = scanned(rows[0]["symbol"], settings.voucher_symbol)
    assert symbology == ("]Q3" if settings.voucher_symbol == "gs1" else "]Q1")
    visit = as_kiosk.post("/v1/visits", {"language": "en"}).get_json()["visit_id"]
    body = {"code": text, "symbology": symbology}
    answer = as_kiosk.post(f"/v1/visits/{visit}/voucher-code", body).get_json()
    assert (answer["code"], answer["policy"]["policy"]) == (None, "wireline-thank-you-20")


def test_what_the_page_of_a_number_without_its_own_code_shows_finds_nothing(settings: Settings) -> None:
    symbol = symbol_of(settings, CODE)
    assert read_code(symbol.text, "]Q3", NUMBER).code == CODE
    guessed = symbol.text.replace(CODE, "")
    assert read_code(guessed, "]Q3", NUMBER).code is None
    assert read_code(symbol.text, "]Q3", "9501101020924").code is None


def test_the_serial_is_the_codes_own_and_tells_nothing_of_it(settings: Settings) -> None:
    symbols = [symbol_of(settings, f"RQG8E9STRRE{end:02}") for end in range(50)]
    serials = {str(symbol.coupon_number)[13:] for symbol in symbols}
    assert len(serials) == 50
    assert symbol_of(settings, CODE) == symbol_of(settings, CODE)
    other = settings.model_copy(update={"keys": type(settings.keys).parse("k9:" + "A" * 43 + "=")})
    assert symbol_of(other, CODE).coupon_number != symbol_of(settings, CODE).coupon_number


def test_a_partner_imports_codes_in_either_form_and_learns_what_to_print(
    database: Database, settings: Settings, as_partner: Client, tmp_path: Path
) -> None:
    issue(database, settings, tmp_path / "codes.csv", 1)
    asked = as_partner.post("/v1/vouchers/symbols", {"codes": [CODE]})
    assert asked.status_code == 200, asked.text
    (symbol,) = asked.get_json()["symbols"]
    assert (symbol["form"], symbol["coupon_number"][:13]) == (settings.voucher_symbol, NUMBER)
    content = f"code\n{symbol['text']}\n{CODE}\n"
    made = as_partner.post(
        "/v1/imports", {"campaign_id": "c", "format": "csv", "content": content}
    ).get_json()
    assert (made["made"], made["refused"][0]["reason"]) == (1, "row.in_file_twice")
    found = as_partner.post("/v1/vouchers/search", {"code": CODE}).get_json()
    assert len(found["vouchers"]) == 1
    wrong = as_partner.post("/v1/vouchers/symbols", {"codes": [CODE, "RQG8E9STRREMC"]})
    assert (wrong.status_code, wrong.get_json()["errors"][0]["pointer"]) == (422, "/codes/1")


def test_check_digits_are_those_of_gs1() -> None:
    # A GTIN-13 and a GTIN-8 of public examples, and the number of these tests.
    assert gs1_check_digit("629104150021") == "3"
    assert gs1_check_digit("9638507") == "4"
    assert gs1_check_digit(NUMBER[:12]) == NUMBER[12]
