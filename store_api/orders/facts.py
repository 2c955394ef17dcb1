"""What an order says, as facts that a policy can read.

What it is for: the facts of source `order`, known ones and unknown ones alike. What a customer was not
asked and need not do is known (no insurance, no trade-in); what only they can say is missing until said.
What it must not know: the database, Flask, policies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store_api.contract import FactValue

CHOSEN_BY_DEVICE = ("order.device_category", "order.device_price")
NOTHING_BOUGHT = "none"

NOT_DONE: Mapping[str, FactValue] = {
    "order.insurance": False,
    "order.accessories": False,
    "order.app_signup": False,
    "order.credit_application": False,
    "order.trade_in_condition": "none",
}
"""Facts of an order that hold unless the customer says otherwise: extras are never assumed."""


def order_facts(
    sku_said: str | None, items: list[Any], answers: Mapping[str, Any], plan_price: FactValue
) -> dict[str, FactValue]:
    """The facts of an order on the wire's form; a fact that nobody knows yet is left out.

    `items` are stored items; `plan_price` is the line's own plan, kept unless another was named.
    """
    kept: dict[str, FactValue] = {} if plan_price is None else {"order.plan_price": plan_price}
    return {**NOT_DONE, **kept, **_device_facts(sku_said, items), **answers}


def _device_facts(sku_said: str | None, items: list[Any]) -> dict[str, FactValue]:
    """Category and price of the device: of the first item, for an order has one device at its head."""
    if items:
        price = items[0]["price"]
        return {
            "order.device_category": items[0]["category"],
            "order.device_price": f"{price['amount']} {price['currency']}",
        }
    return {"order.device_category": NOTHING_BOUGHT} if sku_said == NOTHING_BOUGHT else {}
