"""Every setting is in the README's table, and the table is the one that the settings make."""

import re

import pytest

from tests.house import settings_table
from tests.house.sources import PRODUCT, python_files, shown

INTERNAL = {"SAMETERMS_CHECKS"}  # from the test command to pytest
NAME = re.compile(r"[\"'](?:SAMETERMS|KIOSK)_[A-Z][A-Z_]*[\"']")


def test_the_readme_has_the_table_that_the_settings_make() -> None:
    there = settings_table.between_marks(settings_table.README.read_text(encoding="utf-8"))
    assert there == settings_table.render(), f"write it again with: {settings_table.COMMAND}"


def test_every_variable_that_is_read_is_a_documented_one() -> None:
    documented = {name for _, name, _, _ in settings_table.all_rows()} | INTERNAL
    read = {
        found.strip("\"'"): shown(path)
        for path in python_files(*PRODUCT)
        for found in NAME.findall(path.read_text(encoding="utf-8"))
    }
    assert {name: place for name, place in read.items() if name not in documented} == {}


@pytest.mark.parametrize("row", settings_table.all_rows(), ids=lambda row: row[1])
def test_a_setting_says_in_a_sentence_what_it_is(row: tuple[str, str, str, str]) -> None:
    _, _, _, text = row
    assert re.match(r"[A-Z`].{10,}", text)
    assert text.endswith((".", "…"))


def test_a_table_of_yesterday_is_found() -> None:
    table = settings_table.render()
    old = table.replace("KIOSK_", "OLD_", 1)
    assert settings_table.between_marks(f"# Title\n{old}\n") != table
