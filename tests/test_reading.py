"""Mistakes of YAML are named with file and line, and no text that is a number stays text."""

import os
from pathlib import Path

import pytest
from params import reading

ROOT = Path(__file__).parents[1]


def problems(paths: list[Path]) -> list[str]:
    return reading.loaded(paths)[1]


@pytest.mark.parametrize("name", ["params.yaml", "workflow/quick.yaml"])
def test_the_files_of_this_project_are_in_order(name):
    assert problems([ROOT / name]) == []


WRONG = {
    "a:\n  b: 1\n  c: 2\n  b: 3\n": "line 4: a.b stands here a second time (first in line 2)",
    "a: 1\na: 1\n": "line 2: a stands here a second time (first in line 1)",
    "a:\n- b: 1\n  b: 1\n": "line 3: a[0].b stands here a second time",
    "a: {b: 1, b: 2}\n": "line 1: a.b stands here a second time",
    "a:\n\tb: 1\n": "line 2: no YAML: found character '\\t' that cannot start any token; there",
    "a:\n  b: 1\n  c\n  d: 1\n": "line 3: no YAML: could not find expected ':'; a key needs",
    "a: 1\n   b: 2\n": "line 2: no YAML: mapping values are not allowed here",
    "a:\n  b: [1, 2\nc: 1\n": "no YAML",
    "a:\n  b: 010000\n": "line 2: a.b: is 010000, which YAML reads as 4096: write it as a decimal",
    "a: [1, 1:30]\n": "line 1: a[1]: is 1:30, which YAML reads as 90: write it as",
    "a: 1:30.5\n": "line 1: a: is 1:30.5, which YAML reads as 90.5",
    "a: 0x1F\n": "line 1: a: is 0x1F, which YAML reads as 31",
    f"a: 0x{'f' * 5000}\n": "line 1: a: is 0xffffffffffffffffff, which YAML reads otherwise",
    "a: 2018-07-05\n": "line 1: a: is 2018-07-05, which YAML reads as a date: in quotes",
    "a: &a [*a]\n": "a part of it stands in itself",
    "a:1\n": "must be a mapping (key: value)",
    "": "must be a mapping",
    "# nothing\n": "must be a mapping (key: value), and says nothing",
    "- a\n": "must be a mapping",
    "a: !!bool maybe\n": "a value does not fit its tag",
    "a: !!timestamp x\n": "a value does not fit its tag",
    'a: !!int ""\n': "a value does not fit its tag",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_is_named_with_file_and_line(tmp_path, text):
    path = tmp_path / "overlay.yaml"
    path.write_text(text)
    (found,) = problems([path])
    assert "overlay.yaml" in found.split()[0] and WRONG[text] in found


def test_numbers_as_everyone_reads_them_are_taken(tmp_path):
    path = tmp_path / "overlay.yaml"
    path.write_text(
        "a: [0, -1, 10_000, 0.5, 1., -.5, 1.0e-3, 1e-3, .inf, 0e0]\nb: ['010', \"1:30\"]\n"
    )
    assert problems([path]) == []
    assert reading.read(path)["a"][:4] == [0, -1, 10000, 0.5]


def test_a_label_is_a_text_whatever_it_looks_like(tmp_path):
    path = tmp_path / "overlay.yaml"
    path.write_text('models: {a: {label: "1e5", settings: {rate: "1e5"}}}\n')
    assert reading.read(path)["models"]["a"] == {"label": "1e5", "settings": {"rate": 1e5}}


def test_aliases_that_stand_for_millions_of_values_are_refused_at_once(tmp_path):
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (tmp_path / "overlay.yaml").write_text("\n".join(lines))
    (found,) = problems([tmp_path / "overlay.yaml"])
    assert "more than 20000 values with its aliases" in found


def test_a_pipe_is_read_once():
    reader, writer = os.pipe()
    os.write(writer, b"a: 1\n")
    os.close(writer)
    assert reading.loaded([f"/dev/fd/{reader}"]) == ({"a": 1}, [])
    os.close(reader)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path):
    assert "No such file" in problems([tmp_path / "none.yaml"])[0]
    (tmp_path / "binary.yaml").write_bytes(b"a: \xff\n")
    assert "not text in UTF-8" in problems([tmp_path / "binary.yaml"])[0]


def test_what_is_laid_over_a_file_does_not_change_its_order(tmp_path):
    (tmp_path / "params.yaml").write_text("a: {x: 1, y: 2}\nb: [1, 2]\n")
    (tmp_path / "over.yaml").write_text("b: [3]\na: {y: 1e-3, x: 1}\n")
    found = reading.loaded([tmp_path / "params.yaml", tmp_path / "over.yaml"])[0]
    assert found == {"a": {"x": 1, "y": 1e-3}, "b": [3]}
    assert [*found, *found["a"]] == ["a", "b", "x", "y"]


def test_values_of_a_command_line_are_what_a_file_has_for_them():
    texts = {"a": ["null", "true", "1", "1.5", "1e-4", ".5"], "label": "1", "b": {"c": "-3"}}
    plain = {"a": [None, True, 1, 1.5, 1e-4, 0.5], "label": "1", "b": {"c": -3}}
    assert reading.given(texts) == plain
    others = ["", "~", "on", "010", "1:30", "table2", "none", "0x1", "[1"]
    assert reading.given(others) == others and reading.given({"a": 3, "b": None}) == {
        "a": 3,
        "b": None,
    }


def test_text_that_is_a_number_is_one():
    others = ["e5", "1e", "0x1", "1-5"]
    found = reading.numbers(
        {"a": ["1e-5", "5e-05", "-2E3", "1.e4"], "b": {"c": "1e5"}, "d": others}
    )
    assert found == {"a": [1e-5, 5e-5, -2e3, 1e4], "b": {"c": 1e5}, "d": others}
