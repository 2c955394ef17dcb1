"""zbar is found where the system or a private folder has it, and missed in words where nobody has it."""

from __future__ import annotations

import shutil
from ctypes.util import find_library
from pathlib import Path

import pytest

from hardware.decode import engines, zbar_library
from hardware.decode.engines import engine_report
from hardware.decode.zbar_library import candidates, load


def test_the_named_path_comes_first_and_the_private_folder_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = tmp_path / ".sysroot" / "usr" / "lib" / "x86_64-linux-gnu" / "libzbar.so.0"
    private.parent.mkdir(parents=True)
    private.touch()
    monkeypatch.setenv("SAMETERMS_LIBZBAR", "/opt/libzbar.so.0")
    monkeypatch.setattr(zbar_library, "find_library", lambda name: "libzbar.so.0")
    assert candidates(tmp_path) == ["/opt/libzbar.so.0", "libzbar.so.0", str(private)]


def test_nothing_is_found_where_nothing_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAMETERMS_LIBZBAR", raising=False)
    monkeypatch.setattr(zbar_library, "find_library", lambda name: None)
    assert candidates(tmp_path) == []
    assert load("libnothing-of-that-name.so.9", tmp_path) is None


def test_a_library_is_loaded_by_an_absolute_path(tmp_path: Path) -> None:
    name = find_library("zbar") or str(next(Path.cwd().glob(".sysroot/**/libzbar.so.0")))
    found = load(name)
    assert found is not None
    copy = tmp_path / "libzbar.so.0"
    shutil.copy(_path_of(name), copy)
    assert load(str(copy)) is not None


def _path_of(name: str) -> Path:
    if Path(name).is_absolute():
        return Path(name)
    mapped = Path("/proc/self/maps").read_text(encoding="utf-8")
    return Path(next(line.split()[-1] for line in mapped.splitlines() if "libzbar" in line))


def test_without_the_library_zxing_works_alone_and_the_report_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engines, "import_pyzbar", lambda: None)
    engines.engines.cache_clear()
    try:
        assert [engine.name for engine in engines.engines()] == ["zxing"]
        assert "libzbar0" in engine_report()
    finally:
        engines.engines.cache_clear()
