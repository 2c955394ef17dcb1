"""No pressure in the machine: no figure stands beside a member of staff, and nothing counts sales."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest

from store_api import contract
from store_api.tables import METADATA

FIGURES = ("rating", "_seconds", "minutes_")
STAFF = ("staff", "rep_id", "confirmed_by", "helped_by", "asked_by", "made_by")
SALES = ("target", "pledge", "commission", "ranking", "attach", "quota", "upsell")


def has_any(names: Collection[str], parts: Collection[str]) -> bool:
    return any(part in name for name in names for part in parts)


def measures_staff(names: Collection[str]) -> bool:
    """Whether a figure of service stands beside somebody who serves."""
    return has_any(names, FIGURES) and has_any(names, STAFF)


def groups() -> Iterator[tuple[str, set[str]]]:
    """Every table with its columns, and every value of the wire with its fields."""
    for name, table in METADATA.tables.items():
        yield name, {column.name for column in table.columns}
    for name, model in vars(contract).items():
        if isinstance(model, type) and hasattr(model, "model_fields"):
            yield name, set(model.model_fields)


def test_no_table_and_no_value_measures_a_member_of_staff() -> None:
    assert [name for name, names in groups() if measures_staff(names)] == []


def test_nothing_is_named_after_sales() -> None:
    assert [name for name, names in groups() if has_any(names, SALES)] == []


def test_the_figures_are_of_stores() -> None:
    of_stores = {*contract.StoreFigures.model_fields, *contract.ServiceFigures.model_fields}
    assert not has_any(of_stores, (*STAFF, "person", "name_of"))


@pytest.mark.parametrize("names", [{"rating", "staff_id"}, {"waiting_seconds", "confirmed_by"}])
def test_a_figure_beside_a_member_of_staff_is_found(names: set[str]) -> None:
    assert measures_staff(names)
