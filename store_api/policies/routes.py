"""GET /v1/policies: what anybody may read of the policies, without signing in.

What it must not know: how a policy is stored or read.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, Field

from store_api.auth import allow
from store_api.contract import Identifier, PolicyList, PolicyPage, PolicyText
from store_api.errors import NotFound
from store_api.policies import service
from store_api.work import Work, reads

api = APIBlueprint("policies", __name__)


class VersionPath(BaseModel):
    """A policy version in an address."""

    policy: Identifier
    version: int = Field(ge=1, le=1_000_000)


class PagePath(BaseModel):
    """A policy in an address."""

    policy: Identifier


class PageQuery(BaseModel):
    """Which version; without one that of today."""

    version: int | None = Field(default=None, ge=1, le=1_000_000)


@api.get("/v1/policies", responses={200: PolicyList})
@allow("public")
@reads
def list_policies(work: Work) -> PolicyList:
    """The policies in force today, by title; today is the day at the service (UTC)."""
    book = service.open_book(work.session, work.settings.catalogue_files)
    versions = book.in_force(work.now.date())
    return PolicyList(policies=tuple(service.show_text(book, version) for version in versions))


@api.get("/v1/policies/<policy>/versions/<version>", responses={200: PolicyText})
@allow("public")
@reads
def show_version(work: Work, path: VersionPath) -> PolicyText:
    """One version's words, whether it is in force or not."""
    book = service.open_book(work.session, work.settings.catalogue_files)
    version = book.version(path.policy, path.version)
    if version is None:
        raise NotFound
    return service.show_text(book, version)


@api.get("/v1/policies/<policy>/page", responses={200: PolicyPage})
@allow("public")
@reads
def show_page(work: Work, path: PagePath, query: PageQuery) -> PolicyPage:
    """The public page of a policy: its words as lines, its versions, what changed; today is UTC."""
    book = service.open_book(work.session, work.settings.catalogue_files)
    page = service.show_page(book, path.policy, query.version, work.now.date())
    if page is None:
        raise NotFound
    return page
