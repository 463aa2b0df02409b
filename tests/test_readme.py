"""The README shows what is committed in results/, and nothing that is not there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


def test_tables_1_and_2_are_those_of_the_results():
    shown = re.search(
        r"<!-- tables -->\n(.*)<!-- end of tables -->", (ROOT / "README.md").read_text(), re.S
    )
    sections = re.split(r"^(?=## )", (ROOT / "results/tables.md").read_text(), flags=re.M)
    assert shown[1] == "".join(sections[1:3]), "make readme"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text())
    missing = [link for link in links if not (path.parent / link).exists()]
    assert not missing
