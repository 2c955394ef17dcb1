"""The central office of the demo."""

from __future__ import annotations

import pytest

from tests.store_api.drafts.office import Office
from tests.store_api.story import Story


@pytest.fixture
def office(story: Story) -> Office:
    """Authors and regional managers at their desk."""
    return Office(story)
