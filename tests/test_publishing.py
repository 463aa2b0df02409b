"""What others read of the project: the workflow of pull requests, the citation, the catalogue."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

import gaebench

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SHA = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
RELEASE = re.compile(r"^## (\d+)\.(\d+)\.(\d+) \((unreleased|\d{4}-\d\d-\d\d)\)$", re.M)


# ---- pull requests


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_and_have_no_rights_to_write(path):
    text = path.read_text()
    used = [line.strip().removeprefix("- ") for line in text.splitlines() if "uses:" in line]
    assert used and all(SHA.fullmatch(line) for line in used), used
    content = yaml.safe_load(text)
    jobs = content["jobs"].values()
    assert content["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in jobs)
    assert all(job["timeout-minutes"] for job in jobs)
    assert "pull_request_target" not in text and "secrets." not in text


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_pull_requests_run_is_there(path):
    targets = set(re.findall(r"make (?:-C \S+ )?([a-z-]+)", path.read_text()))
    known = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    assert targets and targets <= set(known)
    assert (ROOT / ".ci/run").is_file()
    # What comes from a pull request is a variable, never text in a script.
    steps = [s for job in yaml.safe_load(path.read_text())["jobs"].values() for s in job["steps"]]
    assert not [step for step in steps if "${{" in step.get("run", "")]


@pytest.mark.skipif(not shutil.which("actionlint"), reason="no actionlint on the PATH")
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actionlint_has_nothing_to_say(path):
    done = subprocess.run(["actionlint", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


# ---- releases and citation


def test_the_changelog_names_its_releases_newest_first():
    text = (ROOT / "CHANGELOG.md").read_text()
    releases = RELEASE.findall(text)
    assert len(releases) == len(re.findall(r"^## ", text, re.M))
    numbers = [tuple(map(int, release[:3])) for release in releases]
    assert numbers == sorted(numbers, reverse=True)
    assert ".".join(releases[0][:3]) == gaebench.__version__
    assert not any(date == "unreleased" for *_, date in releases[1:])


def test_the_citation_is_valid_and_of_this_version():
    # BaseLoader: a date or a version is the text that stands there, as the schema has it.
    citation = yaml.load((ROOT / "CITATION.cff").read_text(), yaml.BaseLoader)
    schema = json.loads((ROOT / "tests/data/cff-1.2.0.json").read_text())
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(citation)
    assert citation["version"] == gaebench.__version__
    assert citation["license"] == "MIT" and "MIT License" in (ROOT / "LICENSE").read_text()


# ---- Snakemake's catalogue


def test_the_catalogue_finds_what_its_standardised_usage_asks_for():
    assert (ROOT / "workflow/Snakefile").is_file()
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert set(usage) == {"mandatory-flags", "software-stack-deployment"}
    assert usage["mandatory-flags"].keys() == {"desc", "flags"}
    deployment = usage["software-stack-deployment"]
    assert deployment == {
        "conda": True,
        "apptainer": False,
        "apptainer+conda": False,
        "report": True,
    }
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    assert "conda:" in rules and "report(" in rules


def test_the_page_on_configuration_names_every_section_of_params():
    page = (ROOT / "config/README.md").read_text()
    rows = re.findall(r"^\| (`.*?) \|", page, re.M)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == set(yaml.safe_load((ROOT / "params.yaml").read_text()))
    for link in re.findall(r"\]\((\S+?)\)", page):
        assert (ROOT / "config" / link).exists(), link
