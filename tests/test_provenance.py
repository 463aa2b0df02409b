"""Which edits make a job run again: those of code it reaches by import, and no others."""

from pathlib import Path

import pytest

from gaebench import provenance

FILES = {
    "gaebench/__init__.py": '"""The package."""\n__version__ = "1"\n',
    "gaebench/nets.py": "import math\nfrom gaebench import deep\n",
    "gaebench/deep.py": "VALUE = 1\n",
    "gaebench/lazy.py": "VALUE = 2\n",
    "gaebench/other.py": "VALUE = 3\n",
    "gaebench/models/gae.py": "from ..nets import thing\n\n\ndef f():\n    import gaebench.lazy\n",
    "gaebench/models/vae.py": "from gaebench.nets import thing\n",
    "workflow/scripts/train.py": "import json\n\nfrom gaebench import nets\n",
}
FORMATTED = """
def f(x, *, y=None) -> int:
    return f"{x!r:>{y}} '{y[0]}' \\"" + b"a".decode()
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small project."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def hashes(tree: Path, *names: str) -> dict[str, str]:
    """Hashes of what the named files reach, everything read anew."""
    provenance.code_hash.cache_clear()
    provenance.imports.cache_clear()
    return provenance.hashes([tree / name for name in names], root=tree)


SCRIPT, GAE = "workflow/scripts/train.py", "gaebench/models/gae.py"


def test_follows_imports_of_every_form_and_depth(tree):
    assert list(hashes(tree, SCRIPT, GAE)) == [
        "gaebench/__init__.py",
        "gaebench/deep.py",
        "gaebench/lazy.py",
        GAE,
        "gaebench/nets.py",
        SCRIPT,
    ]


def test_what_is_not_imported_does_not_count(tree):
    found = hashes(tree, SCRIPT)
    assert "gaebench/other.py" not in found
    assert "gaebench/models/vae.py" not in found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gaebench/deep.py", "# a comment\nVALUE = 1  # and another\n\n\n"),
        ("gaebench/deep.py", '"""A docstring."""\n\nVALUE = (\n    1\n)\n'),
        ("gaebench/__init__.py", '"""Other words."""\n__version__ = "2"\n'),
    ],
)
def test_comments_docstrings_layout_and_version_do_not_count(tree, name, text):
    before = hashes(tree, SCRIPT)
    (tree / name).write_text(text)
    assert hashes(tree, SCRIPT) == before


def test_a_docstring_of_a_function_does_not_count(tree):
    path = tree / "gaebench/deep.py"
    path.write_text("def f():\n    return 1\n")
    before = hashes(tree, SCRIPT)
    path.write_text('def f():\n    """Give one."""\n    return 1\n')
    assert hashes(tree, SCRIPT) == before


def test_code_counts(tree):
    before = hashes(tree, SCRIPT)
    (tree / "gaebench/deep.py").write_text("VALUE = 2\n")
    after = hashes(tree, SCRIPT)
    assert [name for name in after if after[name] != before[name]] == ["gaebench/deep.py"]


def test_the_hash_of_code_is_that_of_every_python(tree):
    """Whose own ways to write a tree differ: those of f-strings, of empty fields, of new ones."""
    path = tree / "gaebench/deep.py"
    path.write_text(FORMATTED)
    assert hashes(tree, "gaebench/deep.py")["gaebench/deep.py"] == "721d88d012bc03ee"


def test_the_place_of_the_project_does_not_count(tree, tmp_path_factory):
    twin = tmp_path_factory.mktemp("twin") / "project"
    tree.rename(twin)
    first = hashes(twin, SCRIPT, GAE)
    twin.rename(tree)
    assert hashes(tree, SCRIPT, GAE) == first


def test_of_the_real_package_a_model_reaches_no_sibling():
    found = provenance.hashes([provenance.PACKAGE / "models" / "gae.py"])
    assert [name for name in found if name.startswith("gaebench/models/")] == [GAE]
    assert "gaebench/networks/blocks.py" in found
