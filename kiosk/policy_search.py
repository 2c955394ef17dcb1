"""Finding policies by words, the same at the kiosk and on the public pages.

Accents and capitals do not count.
What it must not know: requests, the store's client.
"""

from __future__ import annotations

import unicodedata

from store_api.contract import PolicyText


def matching(policies: tuple[PolicyText, ...], language: str, wanted: str) -> list[PolicyText]:
    """The policies in which every wanted word occurs, in title, summary, terms or what is not asked."""
    words = plain(wanted).split()
    return [policy for policy in policies if _has_all(policy, language, words)]


def plain(text: str) -> str:
    """The text in small letters and without accents, so that "telefono" finds "teléfono"."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _has_all(policy: PolicyText, language: str, words: list[str]) -> bool:
    texts = [policy.title, policy.summary, *policy.terms, *policy.not_required]
    whole = plain(" ".join(text.get(language, "") for text in texts))
    return all(word in whole for word in words)
