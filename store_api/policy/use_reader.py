"""Reads how a voucher may be used: with what on one order, and where; each fault with its place.

Must know nothing of stores, of orders, or of the vouchers of anybody.
"""

from __future__ import annotations

from store_api.policy.errors import ErrorList, shown
from store_api.policy.fields import FieldReader
from store_api.policy.model import Benefit, Combines, Scope
from store_api.policy.nodes import ListNode
from store_api.policy.term_reader import IDENTIFIER
from store_api.policy.vocabulary import Fact

COMBINES = ("exclusive", "group", "per_order")
SCOPE = ("stores", "regions", "channels")
CHANNEL = "presentation.channel"
MAX_PER_ORDER = 20
"""More vouchers of one policy on one order would be a slip of the pen."""
MAX_PLACES = 500
NO_VOUCHER = "upgrade_right"


def read_combines(fields: FieldReader, benefit: Benefit | None) -> Combines:
    """`combines`, or its defaults where it is absent."""
    node = fields.mapping("combines")
    if node is None:
        return Combines()
    _refuse_without_voucher(fields, "combines", benefit)
    reader = FieldReader(node, fields.errors, "combines", COMBINES)
    exclusive, group = reader.flag("exclusive"), _group(reader)
    per_order = reader.integer("per_order", required=False) or 1
    if per_order > MAX_PER_ORDER:
        message = f"at most {MAX_PER_ORDER} vouchers of a policy on one order"
        fields.errors.add(reader.place_of("per_order"), "combines.too_many", message)
    if exclusive and (group is not None or "per_order" in node.entries):
        message = "exclusive says it all: group and per_order do not stand beside it"
        fields.errors.add(reader.place_of("exclusive"), "combines.exclusive", message)
    return Combines(exclusive, group, per_order)


def read_scope(fields: FieldReader, benefit: Benefit | None, channel: Fact | None) -> Scope:
    """`scope`, or everywhere where it is absent. `channel` is the catalogue's fact of the channels."""
    node = fields.mapping("scope")
    if node is None:
        return Scope()
    _refuse_without_voucher(fields, "scope", benefit)
    reader = FieldReader(node, fields.errors, "scope", SCOPE)
    if not node.entries:
        fields.errors.add(node.place, "scope.empty", "a scope names stores, regions or channels")
    channels = _places(reader, "channels")
    known = channel.options or () if channel is not None else ()
    for one in channels:
        if one not in known:
            message = f"a channel is one of: {', '.join(known)}; not {shown(one)}"
            fields.errors.add(reader.place_of("channels"), "scope.unknown_channel", message)
    return Scope(_places(reader, "stores"), _places(reader, "regions"), channels)


def _refuse_without_voucher(fields: FieldReader, key: str, benefit: Benefit | None) -> None:
    if benefit is not None and benefit.kind == NO_VOUCHER:
        message = f"{key} is about vouchers; an upgrade_right has none"
        fields.errors.add(fields.place_of(key), f"{key}.no_voucher", message)


def _group(reader: FieldReader) -> str | None:
    if reader.get("group") is None:
        return None
    name = reader.text("group")
    if name is not None and not IDENTIFIER.fullmatch(name):
        message = f"a group is named like phone-credits, not {shown(name)}"
        reader.errors.add(reader.place_of("group"), "id.form", message)
    return name


def _places(reader: FieldReader, key: str) -> tuple[str, ...]:
    """A list of names without order: sorted, each once."""
    node = reader.get(key)
    if node is None:
        return ()
    names = reader.texts(key)
    _check_places(names, key, node.items if isinstance(node, ListNode) else (), reader.errors)
    return tuple(sorted(names))


def _check_places(names: tuple[str, ...], key: str, nodes: tuple[object, ...], errors: ErrorList) -> None:
    seen: set[str] = set()
    for name, node in zip(names, nodes, strict=False):
        place = node.place  # type: ignore[attr-defined]  # every node of a list has one
        if not IDENTIFIER.fullmatch(name):
            errors.add(place, "id.form", f"a name in {key} is written like maple-st, not {shown(name)}")
        if name in seen:
            errors.add(place, "scope.twice", f"{name} is listed twice in {key}")
        seen.add(name)
    if len(names) > MAX_PLACES:
        errors.add(nodes[MAX_PLACES].place, "scope.too_many", f"at most {MAX_PLACES} {key}")  # type: ignore[attr-defined]
