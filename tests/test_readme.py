"""The README shows what is committed in results/, and nothing that is not there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]


def test_the_tables_are_those_of_the_results():
    shown = re.search(
        r"<!-- tables -->\n(.*)<!-- end of tables -->", (ROOT / "README.md").read_text(), re.S
    )
    tables = (ROOT / "results/tables.md").read_text().removeprefix("# Results\n\n")
    assert shown[1] == tables, "make readme"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text())
    missing = [link for link in links if not (ROOT / link).exists()]
    assert not missing
