"""The small part of a decision that is asked for at each use, without its sentences.

What it must not know: how a decision is made, the database, Flask.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from store_api.contract import Benefit, Money
from store_api.decisions.models import DecisionRow


class Gist(BaseModel):
    """Outcome, codes and benefit of a decision as it was given."""

    model_config = ConfigDict(frozen=True)

    outcome: str
    codes: tuple[str, ...]
    benefit: Benefit | None

    @property
    def amount(self) -> Money | None:
        """What it takes: what is applied to the order, or else the whole amount."""
        return None if self.benefit is None else self.benefit.applied or self.benefit.amount


def gist(row: DecisionRow) -> Gist:
    """What the service itself asks of a decision that was given, without its sentences."""
    return _gist_of(row.gist or row.wire)


@lru_cache(maxsize=64)
def _gist_of(text: str) -> Gist:
    return Gist.model_validate_json(text)
