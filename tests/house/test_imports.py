"""The import rules hold, can fail, and the set-up needs nothing that is not there yet."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from grimp import ImportGraph
from importlinter import Contract

from tests.house.import_contracts import FeaturesContract, NarrowDoorContract
from tests.house.sources import PRODUCT, ROOT, python_files, shown, tree_of

BEFORE_THE_SETUP = [
    "kiosk/__main__.py",
    "kiosk/bootstrap.py",
    "kiosk/options.py",
    "kiosk/setup_progress.py",
    "kiosk/system_libraries.py",
    "tests/__main__.py",
]
NETWORK = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "urllib.request",
    "urllib3",
}
MAY_USE_NETWORK = {
    "kiosk/store_client.py": "connects to the service",
    "kiosk/store_calls/news.py": "follows the events of the service",
    "kiosk/store_calls/publication.py": "follows the previews of the service",
    "kiosk/store_calls/sending.py": "sends requests to the service",
    "kiosk/services.py": "names the type of the connection it is given",
    "kiosk/command.py": "finds out whether the port is free",
    "hardware/printer/fake.py": "plays a receipt printer",
    "hardware/printer/network.py": "speaks to a receipt printer",
    "store_api/webhooks/addresses.py": "looks names up",
    "store_api/webhooks/sending.py": "sends webhooks",
    "store_api/billing/http_port.py": "speaks to billing",
    "store_api/directory/http_port.py": "asks the carrier's directory",
    "store_api/messages/senders.py": "hands messages to a message centre",
}


def imported_modules(tree: ast.AST, *, at_start_only: bool = False) -> Iterator[str]:
    nodes = tree.body if at_start_only and isinstance(tree, ast.Module) else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("name", BEFORE_THE_SETUP)
def test_what_runs_before_the_setup_needs_the_standard_library_alone(name: str) -> None:
    own = {Path(other).with_suffix("").as_posix().replace("/", ".") for other in BEFORE_THE_SETUP}
    needed = set(imported_modules(tree_of(ROOT / name), at_start_only=True)) - own
    assert {module for module in needed if module.split(".")[0] not in sys.stdlib_module_names} == set()


def test_only_listed_modules_touch_the_network() -> None:
    found = {shown(path): NETWORK & set(imported_modules(tree_of(path))) for path in python_files(*PRODUCT)}
    assert {name: modules for name, modules in found.items() if modules and name not in MAY_USE_NETWORK} == {}


def graph_of(*imports: tuple[str, str]) -> ImportGraph:
    graph = ImportGraph()
    for module in {module for pair in imports for module in pair}:
        parts = module.split(".")
        for length in range(1, len(parts) + 1):
            graph.add_module(".".join(parts[:length]))
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    return graph


def features_contract() -> Contract:
    options = {"container": "api", "composers": ["app"], "not_features": ["policy"]}
    return FeaturesContract("features", {"root_packages": ["api"]}, options)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("api.orders.service", "api.vouchers.service"),
        ("api.orders.routes", "api.orders.service"),
        ("api.orders.service", "api.orders.codes"),
        ("api.orders.codes", "api.orders.store"),
        ("api.orders.store", "api.db"),
        ("api.orders.service", "api.policy.decide"),
        ("api.app", "api.orders.routes"),
    ],
)
def test_an_import_along_the_layers_is_allowed(importer: str, imported: str) -> None:
    graph = graph_of((importer, imported), ("api.vouchers.service", "api.vouchers.store"))
    assert features_contract().check(graph, verbose=False).kept


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("api.orders.service", "api.vouchers.store"),
        ("api.orders.models", "api.vouchers.models"),
        ("api.orders.service", "api.vouchers"),
        ("api.orders.store", "api.orders.service"),
        ("api.orders.models", "api.orders.store"),
        ("api.orders.codes", "api.orders.service"),
        ("api.db", "api.orders.service"),
    ],
)
def test_an_import_across_the_layers_is_found(importer: str, imported: str) -> None:
    graph = graph_of((importer, imported), ("api.vouchers.service", "api.vouchers.store"))
    assert not features_contract().check(graph, verbose=False).kept


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("face.client", "api.contract", True),
        ("face.app", "api.app", True),
        ("face.client", "api.app", False),
        ("face.client", "api", False),
        ("api.app", "api.db", True),
    ],
)
def test_the_narrow_door_lets_through_what_is_listed(importer: str, imported: str, allowed: bool) -> None:
    options = {
        "importers": "face",
        "imported": "api",
        "doors": ["api.contract"],
        "exceptions": ["face.app -> api.app"],
    }
    contract = NarrowDoorContract("door", {"root_packages": ["api", "face"]}, options)
    assert contract.check(graph_of((importer, imported)), verbose=False).kept is allowed
