"""The features that app.py composes: their routes, and who knows which kind of token.

What it is for: one list to add a feature to.
What it must not know: how a feature works.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint

from store_api.asks.routes import api as asks
from store_api.audit.routes import api as audit
from store_api.auth import Finder
from store_api.calls.routes import api as calls
from store_api.campaigns.routes import api as campaigns
from store_api.claims.routes import api as claims
from store_api.contexts.routes import api as contexts
from store_api.decisions.routes import api as decisions
from store_api.devices import service as devices
from store_api.drafts.routes import api as drafts
from store_api.ledger.routes import api as ledger
from store_api.offers.routes import api as offers
from store_api.orders.routes import api as orders
from store_api.overrides.routes import api as overrides
from store_api.partners import service as partners
from store_api.phones import service as phones
from store_api.policies.routes import api as policies
from store_api.reconciliations.routes import api as reconciliations
from store_api.redemptions.routes import api as redemptions
from store_api.refusals.routes import api as refusals
from store_api.service_figures.routes import api as service_figures
from store_api.sharing.routes import api as sharing
from store_api.staff import service as staff_service
from store_api.staff.routes import api as staff
from store_api.stores.routes import api as stores
from store_api.system.event_stream import api as events
from store_api.system.openapi import api as openapi
from store_api.system.routes import api as system
from store_api.till_codes.routes import api as till_codes
from store_api.visits.routes import api as visits
from store_api.vouchers.routes import api as vouchers
from store_api.webhooks.routes import api as webhooks

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    system,
    openapi,
    stores,
    staff,
    events,
    audit,
    drafts,
    policies,
    orders,
    visits,
    sharing,
    asks,
    overrides,
    refusals,
    calls,
    decisions,
    redemptions,
    campaigns,
    vouchers,
    claims,
    offers,
    contexts,
    service_figures,
    till_codes,
    webhooks,
    reconciliations,
    ledger,
)

FINDERS: dict[str, Finder] = {
    devices.CALLER_KIND: devices.find_caller,
    staff_service.CALLER_KIND: staff_service.find_caller,
    partners.CALLER_KIND: partners.find_caller,
    phones.CALLER_KIND: phones.find_caller,
}
