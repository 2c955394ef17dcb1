"""Finds the zbar library for pyzbar, also where it was unpacked privately beside this project.

What it must not know: pictures. pyzbar asks the system's linker alone; here the order is the path in
SAMETERMS_LIBZBAR, then the system, then any `.sysroot/**/libzbar.so.0` beside the package.
"""

from __future__ import annotations

import ctypes
import os
import re
from ctypes.util import find_library
from pathlib import Path
from types import ModuleType

PROJECT = Path(__file__).resolve().parent.parent.parent
_MISSING = re.compile(r"^([^:\s]+\.so[.\d]*): cannot open shared object file")


def candidates(project: Path = PROJECT) -> list[str]:
    """Names or absolute paths to try, best first."""
    named = os.environ.get("SAMETERMS_LIBZBAR")
    private = sorted((project / ".sysroot").glob("**/libzbar.so.0"))
    system = find_library("zbar")
    return [name for name in (named, system, *map(str, private)) if name]


def load(name: str, project: Path = PROJECT, depth: int = 8) -> ctypes.CDLL | None:
    """Load a library by name or path; what it lacks is sought in `.sysroot` and loaded before it."""
    try:
        return ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        missing = _MISSING.match(str(error))
        if missing is None or depth == 0 or missing[1] == name:
            return None
        beside = next((project / ".sysroot").glob(f"**/{missing[1]}"), None)
        if beside is None or load(str(beside), project, depth - 1) is None:
            return None
        return load(name, project, depth - 1)


def import_pyzbar() -> ModuleType | None:
    """pyzbar's module bound to the first library that loads, or None where there is none."""
    library = next((found for name in candidates() if (found := load(name)) is not None), None)
    if library is None:
        return None
    from pyzbar import zbar_library as finder

    finder.load = lambda: (library, [])
    from pyzbar import pyzbar

    return pyzbar if isinstance(pyzbar, ModuleType) else None
