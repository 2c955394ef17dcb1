"""Two import rules that import-linter has no word for; pyproject.toml configures them.

They look at direct imports only: every step of an indirect import is a direct one somewhere.
They must not know any package of the project by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

LAYERS = {"models": 0, "store": 1, "service": 2, "routes": 3}
DOOR = "service"


class NarrowDoorContract(Contract):
    """Modules of `importers` reach `imported` only through the modules listed in `doors`.

    `exceptions` are single imports, written `importer -> imported`, that are allowed beside them.
    """

    importers = fields.StringField()
    imported = fields.StringField()
    doors = fields.SetField(subfield=fields.StringField(), required=False)
    exceptions = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find the imports that go past the doors."""
        doors, exceptions = texts(self.doors), texts(self.exceptions)
        broken = [
            f"{importer} -> {imported}"
            for importer, imported in direct_imports(graph, str(self.importers))
            if is_within(imported, str(self.imported))
            and not is_within(imported, str(self.importers))
            and not any(is_within(imported, door) for door in doors)
            and f"{importer} -> {imported}" not in exceptions
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that is not allowed."""
        show_broken(check)


class FeaturesContract(Contract):
    """The packages inside `container` are features, each with its own layers and one door.

    Inside a feature: routes > service > store > models; other modules serve these and import
    neither routes nor service. Another feature is entered by its service module alone. Modules
    directly in the container are the foundation and know no feature, but those in `composers`.
    `not_features` are packages with rules of their own.
    """

    container = fields.StringField()
    composers = fields.SetField(subfield=fields.StringField())
    not_features = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find the imports that break a feature's layers or enter it by another way."""
        container = str(self.container)
        composers = {f"{container}.{name}" for name in texts(self.composers)}
        others = texts(self.not_features)
        features = {
            child
            for child in graph.find_children(container)
            if graph.find_children(child) and child.rpartition(".")[2] not in others
        }
        broken = []
        for importer, imported in direct_imports(graph, container):
            reason = _objection(importer, imported, features, composers)
            if reason:
                broken.append(f"{importer} -> {imported}: {reason}")
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that is not allowed, with the rule it breaks."""
        show_broken(check)


def _objection(importer: str, imported: str, features: set[str], composers: set[str]) -> str:
    """Why this import is not allowed; empty where it is."""
    there = _feature_of(imported, features)
    if not there or any(is_within(importer, composer) for composer in composers):
        return ""
    here = _feature_of(importer, features)
    if not here:
        return "the foundation knows no feature"
    if here != there:
        return "" if imported == f"{there}.{DOOR}" else f"another feature is entered by its {DOOR}.py only"
    own, other = (LAYERS.get(name.rpartition(".")[2]) for name in (importer, imported))
    if other is None:
        return ""
    if own is None:
        return "only routes and service stand above" if other >= LAYERS[DOOR] else ""
    return "routes > service > store > models" if other > own else ""


def _feature_of(module: str, features: set[str]) -> str:
    return next((feature for feature in features if is_within(module, feature)), "")


def texts(option: object) -> set[str]:
    """A set option as import-linter leaves it on a contract: None where it was not given."""
    return {str(text) for text in cast("Iterable[object] | None", option) or ()}


def is_within(module: str, package: str) -> bool:
    """Whether `module` is `package` or lies inside it."""
    return module == package or module.startswith(package + ".")


def direct_imports(graph: ImportGraph, package: str) -> Iterator[tuple[str, str]]:
    """(importer, imported) of every import made inside `package`, in order."""
    for importer in sorted(module for module in graph.modules if is_within(module, package)):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            yield importer, imported


def show_broken(check: ContractCheck) -> None:
    """Print the list that a check left."""
    for line in check.metadata["broken"]:
        output.print_error(line)
