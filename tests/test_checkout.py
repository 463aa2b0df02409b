"""Which project a command is in, and what its workflow says, wherever it is asked from."""

import os
import subprocess
import sys
from pathlib import Path

from gaebench.project import checkout

ROOT = Path(__file__).parents[1]


def test_another_pipeline_around_a_folder_is_not_taken_for_the_project(tmp_path):
    (tmp_path / "workflow").mkdir()
    for name in ("params.yaml", "workflow/Snakefile"):
        (tmp_path / name).write_text("")
    assert checkout.root(tmp_path) == ROOT
    (tmp_path / "gaebench").mkdir()
    assert checkout.root(tmp_path / "workflow") == tmp_path


def test_a_script_may_have_a_module_called_as_one_of_the_workflow(tmp_path):
    (tmp_path / "params.py").write_text("own = 7\n")
    (tmp_path / "script.py").write_text(
        "import params\nfrom gaebench.project import Project\n"
        "print(params.own, 'vae' in Project.here().config['models'])\n"
    )
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "7 True\n", done.stderr
