"""Finds the system libraries the project needs and fetches the missing ones.

It runs before anything is installed: standard library only. With the rights of root it uses
apt-get as anybody would; without them, or where that fails, it unpacks the same packages into
`.sysroot`, where nothing else on the machine sees them. It must not know what the libraries
are used for beyond the words shown to the user.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.setup_progress import CommandFailed, SetupFailed, run_command, say

CHROMIUM_NAMES = ("chromium", "google-chrome-stable", "google-chrome", "chromium-browser")

# The C library always comes from the machine: a second one beside the loader that is running
# cannot work. These packages are resolved as dependencies and then left out.
NEVER_UNPACKED = ("libc6", "libc-bin", "libc-l10n", "locales", "dpkg", "tar", "perl-base", "debconf")

APT_LISTS = Path("/var/lib/apt/lists")

UNPACK_EACH = ["sh", "-c", 'for package; do dpkg-deb -x "$package" "$0" || exit 1; done']

CHROMIUM_STARTER = """\
#!/bin/sh
# Starts the privately unpacked Chromium with its own libraries and fonts.
here=$(dirname "$(readlink -f "$0")")/../chromium
export LD_LIBRARY_PATH="{library_path}"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/usr/lib/chromium/chromium" --no-sandbox "$@"
"""

CHROMIUM_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="relative">var/fontcache</cachedir>
</fontconfig>
"""


@dataclass(frozen=True)
class SystemLibrary:
    """A thing that pip cannot install. `packages` are names in Debian; the first is the thing itself.

    `on_the_machine` says whether the machine has it; `in_sysroot` gives, for a `.sysroot` folder,
    the environment by which the unpacked copy is used, empty where it is not there or not whole;
    `finish` puts an unpacked folder to use, and what `in_sysroot` looks for comes last.
    """

    title: str
    packages: tuple[str, ...]
    without_it: str
    required: bool
    on_the_machine: Callable[[], Mapping[str, str] | None]
    in_sysroot: Callable[[Path], Mapping[str, str]]
    finish: Callable[[Path, Path], None]


def provide(
    wanted: Sequence[SystemLibrary], sysroot: Path, *, try_optional: bool, quiet: bool = False
) -> dict[str, str]:
    """Find or fetch every library and return the environment variables that lead to them.

    Raises SetupFailed with the package to install where a required one cannot be had; for an
    optional one it says so, unless `quiet`, and goes on. `try_optional` is whether to try to
    fetch optional ones.
    """
    environment: dict[str, str] = {}
    for library in wanted:
        found = _find(library, sysroot)
        if found is None and (library.required or try_optional):
            found = _fetch(library, sysroot)
        if found is None:
            _report_missing(library, quiet)
        environment.update(found or {})
    shutil.rmtree(_lists_folder(sysroot), ignore_errors=True)
    return environment


def _lists_folder(sysroot: Path) -> Path:
    """The private apt folder of this start."""
    return sysroot / f"apt.{os.getpid()}"


def _find(library: SystemLibrary, sysroot: Path) -> Mapping[str, str] | None:
    found = library.on_the_machine()
    return found if found is not None else library.in_sysroot(sysroot) or None


def _report_missing(library: SystemLibrary, quiet: bool) -> None:
    package = library.packages[0]
    text = f"The {library.title} is missing: {library.without_it}. Install the package {package}"
    text += f" (sudo apt-get install {package})."
    if library.required:
        raise SetupFailed(text)
    if not quiet:
        say(text)


def _fetch(library: SystemLibrary, sysroot: Path) -> Mapping[str, str] | None:
    if shutil.which("apt-get") is None:
        return None
    for install in (_install_as_root, _unpack) if os.geteuid() == 0 else (_unpack,):
        try:
            install(library, sysroot)
        except (CommandFailed, OSError, KeyError) as problem:
            say(f"The {library.title} could not be fetched this way: {problem}")
        found = _find(library, sysroot)
        if found is not None:
            return found
    return None


def _install_as_root(library: SystemLibrary, _: Path) -> None:
    install = ["apt-get", "-y", "-o", "DPkg::Lock::Timeout=120", "install", "--no-install-recommends"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    title = f"Installing the {library.title} with apt"
    update = ("Reading the package lists", ["apt-get", "update"])
    if not any(APT_LISTS.glob("*Packages*")):  # an image without them
        run_command(*update, environment=quiet)
    try:
        run_command(title, [*install, *library.packages], environment=quiet)
    except CommandFailed:  # lists so old that their packages are gone
        run_command(*update, environment=quiet)
        run_command(title, [*install, *library.packages], environment=quiet)


def _unpack(library: SystemLibrary, sysroot: Path) -> None:
    """Unpack the packages and all they depend on into `.sysroot/NAME`, complete or not at all."""
    with _one_at_a_time(sysroot):
        if library.in_sysroot(sysroot):
            return  # another start fetched it meanwhile
        name = library.packages[0]
        # A new name each time: a child of a killed set-up may still be writing into the old one.
        fresh, final = sysroot / f"{name}.{os.getpid()}", sysroot / name
        for folder in (*sysroot.glob(f"{name}.*"), final):
            shutil.rmtree(folder, ignore_errors=True)
        fresh.mkdir()
        packages = _download(library, _lists_folder(sysroot))
        run_command(f"Unpacking the {library.title}", [*UNPACK_EACH, str(fresh), *map(str, packages)])
        fresh.rename(final)
        library.finish(final, sysroot)


def _download(library: SystemLibrary, folder: Path) -> list[Path]:
    apt = _private_apt(folder)
    if not any((folder / "lists").glob("*Packages*")):
        run_command("Reading the package lists, for this folder only", [*apt, "update"])
    wanted = ["install", "-y", "--no-install-recommends", "--download-only", *library.packages]
    run_command(f"Fetching the {library.title}, for this folder only", [*apt, *wanted])
    packages = sorted((folder / "archives").glob("*.deb"))
    return [package for package in packages if package.name.split("_")[0] not in NEVER_UNPACKED]


@contextlib.contextmanager
def _one_at_a_time(sysroot: Path) -> Iterator[None]:
    sysroot.mkdir(exist_ok=True)
    with (sysroot / "lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _private_apt(folder: Path) -> list[str]:
    """apt-get with lists, cache and an empty record of installed packages in `folder`.

    The empty record makes it resolve every dependency, so the result does not rest on what the
    machine has or lacks. Sources and keys are the machine's own.
    """
    shutil.rmtree(folder / "archives", ignore_errors=True)
    for part in ("lists/partial", "archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    settings = {
        "Dir::State": folder,
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder,
        "Dir::Cache::archives": folder / "archives",
        "Debug::NoLocking": "true",
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
    }
    return ["apt-get", *(part for name, value in settings.items() for part in ("-o", f"{name}={value}"))]


def library_folders(root: Path) -> list[Path]:
    """Every folder under `lib` and `usr/lib` that holds shared libraries of the machine's kind."""
    bases = [base for top in ("lib", "usr/lib") for base in (root / top, *(root / top).glob("*-linux-gnu*"))]
    folders = [folder for base in bases for folder in (base, *base.glob("*/"))]
    return sorted({folder for folder in folders if any(folder.glob("lib*.so*"))})


# --- Shared libraries ---------------------------------------------------------------------------


def _shared_library(
    title: str, package: str, file: str, *, without_it: str, required: bool, variable: str = ""
) -> SystemLibrary:
    """A library that programs load by its `file` name; `variable` is to carry its path, if any."""

    def on_the_machine() -> Mapping[str, str] | None:
        return {} if _loads(file) else None

    def in_sysroot(sysroot: Path) -> Mapping[str, str]:
        linked = sysroot / "lib" / file
        if not linked.exists():
            return {}
        place = {"LD_LIBRARY_PATH": _with_folder_first(sysroot / "lib")}
        return {**place, variable: str(linked)} if variable else place

    def finish(unpacked: Path, sysroot: Path) -> None:
        _link_what_is_missing(file, unpacked, sysroot / "lib")

    return SystemLibrary(title, (package,), without_it, required, on_the_machine, in_sysroot, finish)


def _loads(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def _with_folder_first(folder: Path) -> str:
    earlier = [part for part in os.environ.get("LD_LIBRARY_PATH", "").split(":") if part]
    return ":".join([str(folder), *(part for part in earlier if part != str(folder))])


def _link_what_is_missing(file: str, unpacked: Path, links: Path) -> None:
    """Link what `file` asks for and the machine lacks, then `file` itself, and nothing more."""
    available = {found.name: found for place in library_folders(unpacked) for found in place.glob("lib*.so*")}
    links.mkdir(exist_ok=True)
    while missing := _unresolved(available[file], links):
        for name in missing:
            _link(available[name], links / name)
    _link(available[file], links / file)


def _link(library: Path, link: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(library, link.parent))


def _unresolved(library: Path, folder: Path) -> list[str]:
    answer = subprocess.run(
        ["ldd", str(library)],
        env={**os.environ, "LD_LIBRARY_PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    lacking = (line.split()[0] for line in answer.stdout.splitlines() if "not found" in line)
    return sorted(name for name in set(lacking) if not (folder / name).exists())


# --- Chromium: the browser of the tests ---------------------------------------------------------


def find_chromium() -> str | None:
    """The path of a Chromium that starts, or None: the one told, the machine's, the unpacked one."""
    told = os.environ.get("SAMETERMS_CHROMIUM")
    unpacked = Path(__file__).resolve().parent.parent / ".sysroot" / "bin" / "chromium"
    candidates = [told, *(shutil.which(name) for name in CHROMIUM_NAMES), str(unpacked)]
    return next((path for path in candidates if path and _starts(path)), None)


def _starts(path: str) -> bool:
    # Some systems have a placeholder of that name which only says how to get the real one.
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and b"Chrom" in answer.stdout


def _chromium_on_the_machine() -> Mapping[str, str] | None:
    path = find_chromium()
    return None if path is None else {"SAMETERMS_CHROMIUM": path}


def _chromium_in_sysroot(sysroot: Path) -> Mapping[str, str]:
    starter = str(sysroot / "bin" / "chromium")
    return {"SAMETERMS_CHROMIUM": starter} if _starts(starter) else {}


def _finish_chromium(folder: Path, sysroot: Path) -> None:
    (folder / "var" / "fontcache").mkdir(parents=True, exist_ok=True)
    (folder / "fonts.conf").write_text(CHROMIUM_FONTS)
    path = ":".join(f"$here/{place.relative_to(folder)}" for place in library_folders(folder))
    starter = sysroot / "bin" / "chromium"
    starter.parent.mkdir(exist_ok=True)
    starter.write_text(CHROMIUM_STARTER.format(library_path=path))
    starter.chmod(0o755)


ZBAR = _shared_library(
    "barcode library zbar",
    "libzbar0",
    "libzbar.so.0",
    without_it="codes are read by one reader only, without a second opinion",
    required=False,
    variable="SAMETERMS_LIBZBAR",
)

LIBATOMIC = _shared_library(
    "library atomic",
    "libatomic1",
    "libatomic.so.1",
    without_it="the tests of the screens cannot start their browser",
    required=True,
)

CHROMIUM = SystemLibrary(
    title="browser Chromium",
    packages=("chromium", "fonts-dejavu-core"),
    without_it="the tests of the screens cannot run",
    required=True,
    on_the_machine=_chromium_on_the_machine,
    in_sysroot=_chromium_in_sysroot,
    finish=_finish_chromium,
)
