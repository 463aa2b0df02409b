"""What the command prints reaches its reader whole, or an error says why not."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from gaebench import plugins
from gaebench.command.main import Commands, main

ROOT = Path(__file__).parents[1]


def run(
    *words: str, out: object = subprocess.PIPE, **variables: str
) -> subprocess.CompletedProcess:
    """The command as a process of its own, in this checkout."""
    command = [sys.executable, "-m", "gaebench", *words]
    return subprocess.run(
        command,
        cwd=ROOT,
        stdout=out,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "80"} | variables,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("words", [["ls", "--json"], ["validate"]])
def test_a_full_disk_behind_the_output_is_one_message(words):
    with open("/dev/full", "w") as full:
        done = run(*words, out=full)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "error: cannot go on: No space left on device. Free some space there, then run again"
    ]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_an_encoding_lacks_is_an_escape(encoding):
    done = run("ls", "metrics", PYTHONIOENCODING=encoding)
    assert done.returncode == 0 and b"\\u2026" in done.stdout and not done.stderr


def test_names_are_shown_whole_where_the_terminal_is_narrow():
    shown = run("ls", "datasets").stdout.decode()
    assert "bimnist-threshold" in shown and "bimnist-static" in shown


@pytest.fixture
def failing(monkeypatch):
    """The command, with a subcommand `ls` that ends with a given error."""

    def made(error: Exception) -> object:
        @click.command()
        def command() -> None:
            raise error

        monkeypatch.setattr(Commands, "get_command", lambda *_: command)
        return CliRunner().invoke(main, ["ls"])

    return made


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 71 TiB"),
        RuntimeError(
            "DefaultCPUAllocator: can't allocate memory: you tried to allocate 40000 bytes"
        ),
        OSError(12, "Cannot allocate memory"),
    ],
)
def test_a_shortage_of_memory_is_nobodys_fault(failing, monkeypatch, error):
    monkeypatch.setattr(plugins, "blamed", lambda error: "an error in gaebench/models/vae.py")
    result = failing(error)
    assert result.exit_code == 1 and "not enough memory" in result.output
    assert plugins.BLAME not in result.output


def test_what_the_system_refuses_is_told_with_its_file(failing):
    result = failing(PermissionError(13, "Permission denied", "some/file"))
    assert result.exit_code == 1
    assert "error: cannot use some/file: Permission denied" in result.output
