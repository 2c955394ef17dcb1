"""The names with which it is told how a voucher can be used: of stores, and of the other policies of a group.

What it must not know: sentences, decisions, Flask.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from store_api.policies.book import PolicyBook
from store_api.policy.model import PolicyVersion
from store_api.policy.use_words import UseNames
from store_api.stores import service as stores


def use_names(session: Session, book: PolicyBook, version: PolicyVersion) -> UseNames:
    """The names that a version's `scope` and `combines` stand for; an unknown store keeps its own."""
    named = version.scope.stores
    return UseNames(stores.names_of(session, named) if named else {}, book.rivals_of(version))
