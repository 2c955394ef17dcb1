"""The quick digest is the one of RFC 8785 wherever it is used."""

from hypothesis import given
from hypothesis import strategies as st

from store_api.policy.canonical import digest_of, digest_of_plain

KEYS = st.text(st.characters(max_codepoint=127), max_size=5)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
CONTENT = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)


@given(CONTENT)
def test_the_quick_digest_is_the_canonical_one(content: object) -> None:
    assert digest_of_plain(content) == digest_of(content)
