"""Architecture decisions are short numbered records."""

import re
from collections import Counter

from tests.house.sources import ROOT

RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_every_record_has_a_number_of_its_own_and_a_title() -> None:
    assert RECORDS
    numbers = Counter(path.name[:4] for path in RECORDS)
    assert [number for number, count in numbers.items() if count > 1] == []
    assert [path.name for path in RECORDS if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)] == []
    assert [path.name for path in RECORDS if not path.read_text().startswith("# ")] == []
