"""Mistakes of YAML are named with file and line, and no text that is a number stays text."""

from pathlib import Path

import pytest
from params import reading

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["params.yaml", "workflow/quick.yaml"])
def test_the_files_of_this_project_are_in_order(name):
    assert reading.problems([ROOT / name]) == []


WRONG = {
    "a:\n  b: 1\n  c: 2\n  b: 3\n": "line 4: a.b stands here a second time (first in line 2)",
    "a: 1\na: 1\n": "line 2: a stands here a second time (first in line 1)",
    "a:\n- b: 1\n  b: 1\n": "line 3: a[0].b stands here a second time",
    "a: {b: 1, b: 2}\n": "line 1: a.b stands here a second time",
    "a:\n\tb: 1\n": "line 2: no YAML: found character '\\t' that cannot start any token; there",
    "a:\n  b: 1\n  c\n  d: 1\n": "line 3: no YAML: could not find expected ':'; a key needs",
    "a: 1\n   b: 2\n": "line 2: no YAML: mapping values are not allowed here",
    "a:\n  b: [1, 2\nc: 1\n": "no YAML",
    "a:1\n": "must be a mapping (key: value)",
    "": "must be a mapping",
    "- a\n": "must be a mapping",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_is_named_with_file_and_line(tmp_path, text):
    path = tmp_path / "overlay.yaml"
    path.write_text(text)
    (found,) = reading.problems([path])
    assert "overlay.yaml" in found.split()[0] and WRONG[text] in found


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path):
    assert "No such file" in reading.problems([tmp_path / "none.yaml"])[0]
    (tmp_path / "binary.yaml").write_bytes(b"a: \xff\n")
    assert "not text in UTF-8" in reading.problems([tmp_path / "binary.yaml"])[0]


def test_what_is_laid_over_a_file_does_not_change_its_order(tmp_path):
    (tmp_path / "params.yaml").write_text("a: {x: 1, y: 2}\nb: [1, 2]\n")
    found = reading.settled({"b": [3], "a": {"y": "1e-3", "x": 1}}, tmp_path / "params.yaml")
    assert found == {"a": {"x": 1, "y": 1e-3}, "b": [3]}
    assert [*found, *found["a"]] == ["a", "b", "x", "y"]


def test_text_that_is_a_number_is_one():
    others = ["e5", "1e", "0x1", "1-5"]
    found = reading.numbers(
        {"a": ["1e-5", "5e-05", "-2E3", "1.e4"], "b": {"c": "1e5"}, "d": others}
    )
    assert found == {"a": [1e-5, 5e-5, -2e3, 1e4], "b": {"c": 1e5}, "d": others}
