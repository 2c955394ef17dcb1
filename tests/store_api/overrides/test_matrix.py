"""The matrix of PINs and approvals: whatever is tried, nothing passes."""

from __future__ import annotations

from collections import Counter

from tests.store_api.overrides.asking import ask, hire, pin_of, session_of
from tests.store_api.overrides.matrix import try_everything
from tests.store_api.story import Story

EXPECTED = {
    "wrong PIN": {"identity.wrong", "identity.locked"},
    "self": {"override.own_request"},
    "not entitled": {"override.not_entitled", "404 resource.not_found", "identity.wrong"},
    "took part": {"override.took_part"},
    "circle": {"override.circle"},
    "replayed": {"ok", "422 idempotency.key_reused", "override.over", "override.changed"},
    "swapped": {"override.changed", "422 request.invalid"},
    "over": {"override.over"},
    "other callers": {"401 auth.token_missing", "403 auth.role_not_allowed"},
}


def test_nothing_in_the_matrix_passes_and_each_says_why(story: Story) -> None:
    tried = try_everything(story)
    assert [each for each in tried if each.passed] == []
    assert [each for each in tried if each.came_to not in EXPECTED[each.kind]] == []
    assert Counter(each.kind for each in tried).keys() == EXPECTED.keys()
    assert len(tried) >= 60


def test_the_same_way_without_a_fault_does_pass(story: Story) -> None:
    """The control: what the matrix tries fails for its reason, and not because nothing ever passes."""
    hire(story)
    for asker, approver in (("Jordan", "Alex"), ("Alex", "Blair")):
        asked = ask(story, asker)
        assert asked.answer(session_of(story, approver), pin_of(approver))["code"] is None
        assert asked.look()["outcome"] == "eligible"
