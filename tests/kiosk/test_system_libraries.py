"""System libraries: found, fetched with or without the rights of root, or named for the user."""

import os
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import system_libraries
from kiosk.setup_progress import SetupFailed
from kiosk.system_libraries import CHROMIUM, LIBATOMIC, ZBAR, SystemLibrary, provide

# Stand in for Debian's programs: "packages" are tar archives that the list below names.
APT_GET = """\
#!/bin/sh
echo "$*" >> "$FAKE_APT/calls"
for word; do case "$word" in
  Dir::Cache::archives=*) archives=${word#*=} ;;
  Dir::State::lists=*) lists=${word#*=} ;;
  update) touch "$lists/mirror_Packages" ;;
  --download-only) cp "$FAKE_APT"/packages/*.deb "$archives" ;;
esac; done
exit "${FAKE_APT_STATUS:-0}"
"""
DPKG_DEB = '#!/bin/sh\n[ "$1" = -x ] && exec tar -xf "$2" -C "$3"\n'


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose apt-get hands out the archives in `packages` and notes its calls."""
    folder = tmp_path / "apt"
    for name, script in {"apt-get": APT_GET, "dpkg-deb": DPKG_DEB}.items():
        program = folder / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(script)
        program.chmod(0o755)
    (folder / "packages").mkdir()
    monkeypatch.setenv("FAKE_APT", str(folder))
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return folder


def add_package(apt: Path, name: str, file: str) -> None:
    content = apt / "content" / file
    content.parent.mkdir(parents=True, exist_ok=True)
    content.write_text(name)
    archive = apt / "packages" / f"{name}_1.0_amd64.deb"
    with tarfile.open(archive, "w") as packed:
        packed.add(content, file)
    content.unlink()


def library(file: str = "usr/lib/thing", *, required: bool = True) -> SystemLibrary:
    """Something that is never on the machine and is whole once `finish` has run."""

    def in_sysroot(sysroot: Path) -> Mapping[str, str]:
        found = sysroot / "found"
        return {"THING": found.read_text()} if found.exists() else {}

    def finish(folder: Path, sysroot: Path) -> None:
        (sysroot / "found").write_text((folder / file).read_text())

    return SystemLibrary("thing", ("libthing1",), "nothing works", required, lambda: None, in_sysroot, finish)


def test_what_the_machine_has_is_used_as_it_is(tmp_path: Path) -> None:
    present = replace(library(), on_the_machine=lambda: {"THING": "here"})
    assert provide([present], tmp_path / "sysroot", try_optional=True) == {"THING": "here"}
    assert not (tmp_path / "sysroot").exists()


def test_without_the_rights_of_root_it_is_unpacked_privately(apt: Path, tmp_path: Path) -> None:
    add_package(apt, "libthing1", "usr/lib/thing")
    found = provide([library()], tmp_path / "sysroot", try_optional=False)
    assert found == {"THING": "libthing1"}
    assert not list((tmp_path / "sysroot").glob("apt*"))
    assert f"Dir::State::status={tmp_path / 'sysroot'}/apt" in (apt / "calls").read_text()


def test_what_was_unpacked_once_is_not_fetched_again(apt: Path, tmp_path: Path) -> None:
    add_package(apt, "libthing1", "usr/lib/thing")
    provide([library()], tmp_path / "sysroot", try_optional=False)
    (apt / "calls").unlink()
    assert provide([library()], tmp_path / "sysroot", try_optional=False) == {"THING": "libthing1"}
    assert not (apt / "calls").exists()


def test_the_c_library_stays_the_machines_own(apt: Path, tmp_path: Path) -> None:
    add_package(apt, "libthing1", "usr/lib/thing")
    add_package(apt, "libc6", "usr/lib/libc.so.6")
    provide([library()], tmp_path / "sysroot", try_optional=False)
    assert not (tmp_path / "sysroot" / "libthing1" / "usr/lib/libc.so.6").exists()


def test_package_lists_are_read_once_for_several_libraries(apt: Path, tmp_path: Path) -> None:
    add_package(apt, "libthing1", "usr/lib/thing")
    other = replace(library(), packages=("libother1",), in_sysroot=lambda _: {}, required=False)
    provide([library(), other], tmp_path / "sysroot", try_optional=True)
    calls = (apt / "calls").read_text().splitlines()
    assert sum(call.endswith(" update") for call in calls) == 1


def test_with_the_rights_of_root_apt_installs(
    apt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    answers = iter([None, {"THING": "installed"}])
    installed = replace(library(), on_the_machine=lambda: next(answers))
    assert provide([installed], tmp_path / "sysroot", try_optional=False) == {"THING": "installed"}
    assert "install --no-install-recommends libthing1" in (apt / "calls").read_text()


def test_where_nothing_helps_the_package_is_named(
    apt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_APT_STATUS", "100")
    with pytest.raises(SetupFailed, match=r"nothing works\. Install the package libthing1"):
        provide([library()], tmp_path / "sysroot", try_optional=False)


def test_an_optional_one_is_missed_with_a_word_and_the_start_goes_on(
    apt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAKE_APT_STATUS", "100")
    assert provide([library(required=False)], tmp_path / "sysroot", try_optional=True) == {}
    assert "sudo apt-get install libthing1" in capfd.readouterr().err


def test_an_optional_one_is_not_fetched_again_at_every_start(apt: Path, tmp_path: Path) -> None:
    assert provide([library(required=False)], tmp_path / "sysroot", try_optional=False) == {}
    assert not (apt / "calls").exists()


def test_an_unpacking_that_stopped_half_way_is_begun_again(apt: Path, tmp_path: Path) -> None:
    add_package(apt, "libthing1", "usr/lib/thing")
    half = tmp_path / "sysroot" / "libthing1.4711"
    half.mkdir(parents=True)
    (half / "rest").touch()
    assert provide([library()], tmp_path / "sysroot", try_optional=False) == {"THING": "libthing1"}
    assert not half.exists()
    assert not (tmp_path / "sysroot" / "libthing1" / "rest").exists()


def test_a_shared_library_gets_what_the_machine_lacks_and_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked, links = tmp_path / "libzbar0", tmp_path / "lib"
    for name in ("libzbar.so.0", "libv4l.so.0", "libunused.so.1"):
        file = unpacked / "usr/lib/x86_64-linux-gnu" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    rounds = iter([["libv4l.so.0"], []])
    monkeypatch.setattr(system_libraries, "_unresolved", lambda *_: next(rounds))
    ZBAR.finish(unpacked, tmp_path)
    assert sorted(path.name for path in links.iterdir()) == ["libv4l.so.0", "libzbar.so.0"]
    assert ZBAR.in_sysroot(tmp_path)["SAMETERMS_LIBZBAR"] == str(links / "libzbar.so.0")
    assert LIBATOMIC.in_sysroot(tmp_path) == {}


def test_a_placeholder_that_only_tells_how_to_get_a_browser_is_not_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placeholder = tmp_path / "chromium"
    placeholder.write_text("#!/bin/sh\necho install the chromium snap >&2\nexit 1\n")
    placeholder.chmod(0o755)
    assert CHROMIUM.in_sysroot(tmp_path) == {}
    assert not system_libraries._starts(str(placeholder))


def test_the_private_chromium_brings_its_libraries_and_fonts(tmp_path: Path) -> None:
    unpacked = tmp_path / "chromium"
    browser = unpacked / "usr/lib/chromium/chromium"
    browser.parent.mkdir(parents=True)
    browser.write_text('#!/bin/sh\necho "Chromium $LD_LIBRARY_PATH $FONTCONFIG_FILE $*"\n')
    browser.chmod(0o755)
    (unpacked / "usr/lib/x86_64-linux-gnu").mkdir()
    (unpacked / "usr/lib/x86_64-linux-gnu/libnss3.so").touch()
    CHROMIUM.finish(unpacked, tmp_path)
    starter = CHROMIUM.in_sysroot(tmp_path)["SAMETERMS_CHROMIUM"]
    said = subprocess.run([starter, "--headless"], capture_output=True, text=True, check=True).stdout
    assert "usr/lib/x86_64-linux-gnu" in said
    assert "fonts.conf --no-sandbox --headless" in said
