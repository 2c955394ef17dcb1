"""Vendored files are what their manifest says, with their licence beside them."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.house.sources import ROOT, shown, tracked_files

VENDOR = ROOT / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"
KINDS = {".js", ".wasm", ".woff2", ".mjs", ".css", ".ttf"}


def entries() -> list[dict[str, str]]:
    files: list[dict[str, str]] = json.loads(MANIFEST.read_text())["files"]
    return files


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["file"])
def test_a_vendored_file_is_unchanged_and_licensed(entry: dict[str, str]) -> None:
    assert digest(VENDOR / entry["file"]) == entry["sha256"]
    assert digest(VENDOR / entry["license_file"]) == entry["license_sha256"]
    assert entry["version"] in Path(entry["file"]).name


def test_every_vendored_file_is_in_the_manifest() -> None:
    listed = {(VENDOR / entry["file"]).resolve() for entry in entries()}
    there = {
        path.resolve()
        for path in tracked_files()
        if shown(path).startswith(("static/vendor/", "static/fonts/")) and path.suffix in KINDS
    }
    assert there - listed == set()


def test_a_changed_file_is_found(tmp_path: Path) -> None:
    original = VENDOR / entries()[0]["file"]
    changed = tmp_path / "changed.js"
    changed.write_bytes(original.read_bytes() + b"\n")
    assert digest(changed) != entries()[0]["sha256"]
