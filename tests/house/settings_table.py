"""The README's table of settings, made from the settings themselves.

`.venv/bin/python -m tests.house.settings_table` writes it between its two marks in README.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

import kiosk.settings
import store_api.settings
from tests.house.sources import ROOT

README = ROOT / "README.md"
BEGIN = "<!-- settings: written by `.venv/bin/python -m tests.house.settings_table` -->"
END = "<!-- end of settings -->"
COMMAND = ".venv/bin/python -m tests.house.settings_table"

# Read before anything is installed, or by the tests alone, so that they stand in no settings class.
SETUP_ROWS = [
    ("SAMETERMS_LIBZBAR", "", "Path of the barcode library zbar, where it is not the machine's own."),
    ("SAMETERMS_CHROMIUM", "", "Path of the Chromium or Chrome in which the tests open the screens."),
    ("SAMETERMS_TEST_POSTGRES_URL", "", "A PostgreSQL of your own for the tests: postgresql+psycopg://…"),
]


def all_rows() -> list[tuple[str, str, str, str]]:
    """(who reads it, variable, default, help) of every setting."""
    groups: list[tuple[str, Iterable[tuple[str, str, str]]]] = [
        ("kiosk", kiosk.settings.setting_rows()),
        ("store_api", store_api.settings.setting_rows()),
        ("set-up, tests", SETUP_ROWS),
    ]
    return [(reader, *row) for reader, rows in groups for row in rows]


def render() -> str:
    """The table in Markdown, with its marks."""
    lines = ["| read by | variable | default | what it is |", "|---|---|---|---|"]
    for reader, name, default, text in all_rows():
        value = f"`{default}`" if default and not default.startswith("(") else default or "(none)"
        lines.append(f"| {reader} | `{name}` | {value} | {text.replace('|', chr(92) + '|')} |")
    return "\n".join([BEGIN, *lines, END])


def between_marks(text: str) -> str | None:
    """The marked part of the README, or None where a mark is missing."""
    found = re.search(f"{re.escape(BEGIN)}.*?{re.escape(END)}", text, re.S)
    return found.group() if found else None


def main() -> int:
    """Rewrite the table in README.md; 1 where the marks are missing."""
    text = README.read_text(encoding="utf-8")
    old = between_marks(text)
    if old is None:
        print(f"README.md lacks the two lines between which the table stands:\n{BEGIN}\n{END}")
        return 1
    README.write_text(text.replace(old, render()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
