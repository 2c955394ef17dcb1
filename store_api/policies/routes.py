"""/v1/policies: what anybody may read of the versions, what staff see of them besides, and the stop.

Drafts, below the same address, are in `store_api/drafts/`.

What it must not know: how a policy is stored or read.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from store_api.auth import allow
from store_api.contract import (
    ComparisonText,
    Identifier,
    PolicyList,
    PolicyPage,
    PolicyText,
    StopAnswer,
    StopConfirmation,
    StopRequest,
    TermCounts,
    VersionDocument,
    VersionList,
    VersionShelf,
)
from store_api.errors import NotFound
from store_api.policies import service
from store_api.work import Work, reads, writes

api = APIBlueprint("policies", __name__)


class VersionPath(BaseModel):
    """A policy version in an address."""

    policy: Identifier
    version: int = Field(ge=1, le=1_000_000)


class PolicyPath(BaseModel):
    """A policy in an address."""

    policy: Identifier


class PageQuery(BaseModel):
    """Which version; without one that of today."""

    version: int | None = Field(default=None, ge=1, le=1_000_000)


class CountsQuery(BaseModel):
    """Over how many days, today included, is counted."""

    model_config = ConfigDict(extra="forbid")
    days: int = Field(default=30, ge=1, le=730)


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
def show_page(work: Work, path: PolicyPath, query: PageQuery) -> PolicyPage:
    """The public page of a policy: its words as lines, its versions, what changed; today is UTC."""
    book = service.open_book(work.session, work.settings.catalogue_files)
    page = service.show_page(work.session, book, path.policy, query.version, work.now.date())
    if page is None:
        raise NotFound
    return page


@api.get("/v1/policies/versions", responses={200: VersionShelf})
@allow("author", "region")
@reads
def list_all_versions(work: Work) -> VersionShelf:
    """Every version of every policy, with names and stops."""
    return service.list_all(work)


@api.get("/v1/policies/<policy>/versions", responses={200: VersionList})
@allow("public")
@reads
def list_versions(work: Work, path: PolicyPath) -> VersionList:
    """A policy's versions, the newest first; who wrote and approved them is told to staff only."""
    return service.list_versions(work, path.policy)


@api.get("/v1/policies/<policy>/versions/<version>/comparison", responses={200: ComparisonText})
@allow("public")
@reads
def show_comparison(work: Work, path: VersionPath) -> ComparisonText:
    """What a version changed against the one before it, as it was shown to whoever approved it."""
    return service.comparison_of(work.session, path.policy, path.version)


@api.get("/v1/policies/<policy>/versions/<version>/document", responses={200: VersionDocument})
@allow("author", "region")
@reads
def show_document(work: Work, path: VersionPath) -> VersionDocument:
    """A version's text, and its sentences beside the readings of their tests."""
    return service.document(work, path.policy, path.version)


@api.get("/v1/policies/<policy>/versions/<version>/counts", responses={200: TermCounts})
@allow("author", "region")
@reads
def show_counts(work: Work, path: VersionPath, query: CountsQuery) -> TermCounts:
    """How often each term was unmet, waived and misquoted in the last days."""
    return service.term_counts(work, path.policy, path.version, query.days)


@api.post("/v1/policies/<policy>/versions/<version>/stop", responses={200: StopAnswer})
@allow("author", "region")
@writes
def ask_stop(work: Work, path: VersionPath, body: StopRequest) -> StopAnswer:
    """Ask for the emergency stop of a version; nothing stops until another person confirms it."""
    return service.ask_stop(work, path.policy, path.version, body.reason)


@api.post("/v1/policies/<policy>/versions/<version>/stop/confirm", responses={200: StopAnswer})
@allow("region")
@writes
def confirm_stop(work: Work, path: VersionPath, body: StopConfirmation) -> StopAnswer:
    """Stop issuing under a version at once. Whoever asked for it cannot confirm it."""
    return service.confirm_stop(work, path.policy, path.version, body)


@api.post("/v1/policies/<policy>/versions/<version>/stop/withdraw", responses={200: StopAnswer})
@allow("author", "region")
@writes
def withdraw_stop(work: Work, path: VersionPath) -> StopAnswer:
    """Take back that a stop was asked for."""
    return service.withdraw_stop(work, path.policy, path.version)
