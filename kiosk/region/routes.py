"""The region's routes: imports each page's module, so that the blueprint is whole.

What it must not know: anything else.
"""

from __future__ import annotations

from kiosk.region import approving, drafts, impact, offers, policies, preview, service, signing
from kiosk.region.blueprint import region

__all__ = ["approving", "drafts", "impact", "offers", "policies", "preview", "region", "service", "signing"]
