"""What is asked of the service about its store, its policies and its terms codes."""

from __future__ import annotations

from kiosk.store_calls.sending import Sender, part
from store_api import contract as wire


class PublicCalls(Sender):
    """What is asked of the service about its store, its policies and its terms codes."""

    def store(self) -> wire.Store:
        """The store to which the token belongs."""
        return self.read("/v1/store", wire.Store)

    def price_list(self) -> wire.PriceList:
        """What the store sells today."""
        return self.read("/v1/price-list", wire.PriceList)

    def policies(self) -> wire.PolicyList:
        """The policies in force today; public."""
        return self.read("/v1/policies", wire.PolicyList)

    def policy(self, policy: str, version: int) -> wire.PolicyText:
        """One version of a policy in words; public."""
        return self.read(f"/v1/policies/{part(policy)}/versions/{version}", wire.PolicyText)

    def policy_page(self, policy: str, version: int | None = None) -> wire.PolicyPage:
        """The public page of a version, or of the one in force; public."""
        query = "" if version is None else f"?version={version}"
        return self.read(f"/v1/policies/{part(policy)}/page{query}", wire.PolicyPage)

    def terms(self, terms_code: str) -> wire.PublicTerms:
        """What may be read by a terms code with this token."""
        return self.read(f"/v1/terms/{part(terms_code)}", wire.PublicTerms)
