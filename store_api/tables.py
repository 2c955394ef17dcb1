"""Every table, imported: what migrations and checks compare a database with.

What it is for: one import that makes Base.metadata complete.
What it must not know: what the tables hold.
"""

from __future__ import annotations

from store_api import events, idempotency, lockout, outbox
from store_api.accounts import models as accounts
from store_api.asks import models as asks
from store_api.audit import models as audit
from store_api.billing import models as billing
from store_api.calls import models as calls
from store_api.campaigns import models as campaigns
from store_api.claims import models as claims
from store_api.db import Base
from store_api.decisions import models as decisions
from store_api.devices import models as devices
from store_api.directory import models as directory
from store_api.drafts import models as drafts
from store_api.messages import models as messages
from store_api.notices import models as notices
from store_api.offers import models as offers
from store_api.orders import models as orders
from store_api.overrides import models as overrides
from store_api.partners import models as partners
from store_api.phones import models as phones
from store_api.policies import models as policies
from store_api.redemptions import models as redemptions
from store_api.refusals import models as refusals
from store_api.sharing import models as sharing
from store_api.staff import models as staff
from store_api.stores import models as stores
from store_api.till_codes import models as till_codes
from store_api.visits import models as visits
from store_api.vouchers import models as vouchers
from store_api.waivers import models as waivers
from store_api.webhooks import models as webhooks

MODULES = (
    accounts, directory, asks, audit, billing, calls, campaigns, claims, decisions, devices, drafts,
    events, idempotency, lockout, messages, notices, offers, orders, outbox, overrides, partners, phones,
    policies, redemptions, refusals, sharing, staff, stores, till_codes, visits, vouchers, waivers, webhooks,
)  # fmt: skip

METADATA = Base.metadata
