"""Names and signatures are read from the source text, and agree with what Python imports."""

import inspect
import subprocess
import sys

import pytest
from params import contracts

from gaebench import plugins
from gaebench.errors import PluginFault, SettingsError

ALL = [(kind, name) for kind in plugins.ENTRY for name in plugins.names(kind)]


def entry_point(kind: str, name: str):
    """The function that the settings of ``params.yaml`` go to."""
    if kind == "models":
        return plugins.model(name).__init__
    return getattr(plugins.load(kind, name), plugins.ENTRY[kind])


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_settings_are_the_keyword_only_arguments(kind, name):
    parameters = inspect.signature(entry_point(kind, name)).parameters.values()
    expected = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert list(plugins.settings(kind, name)) == expected


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_every_setting_has_a_type(kind, name):
    assert all(setting.type for setting in plugins.settings(kind, name).values())


@pytest.mark.parametrize("name", plugins.names("metrics"))
def test_a_metric_says_what_it_needs(name):
    assert plugins.constant("metrics", name, "NEEDS") in ("samples", "features", "model")
    assert plugins.constant("metrics", name, "NEEDS") == plugins.load("metrics", name).NEEDS


@pytest.mark.parametrize("name", plugins.names("datasets"))
def test_a_data_set_says_its_source(name):
    assert plugins.constant("datasets", name, "SOURCE") == plugins.load("datasets", name).SOURCE


@pytest.mark.parametrize("name", plugins.names("models"))
def test_a_model_is_called_as_its_file(name):
    assert plugins.model(name).__name__.lower() == name.replace("_", "")


def test_training_settings_are_what_the_loop_takes():
    names = plugins.training_settings()
    assert {"epochs", "batch", "patience", "stop_on", "valid_images"} <= set(names)
    assert not {"seed", "labels", "device", "schedule"} & set(names)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(SettingsError, match=r"no 'gea' in gaebench/models; there are: .*gae"):
        plugins.model("gea")


def test_a_missing_constant_is_named():
    with pytest.raises(SettingsError, match="must set NOTHING"):
        plugins.constant("metrics", "parzen", "NOTHING")


def test_checks_and_data_sets_do_not_import_torch():
    program = (
        "import sys, gaebench.raw.fetch\n"
        "from gaebench import plugins, provenance, jobs\n"
        "[plugins.settings(k, n) for k in plugins.ENTRY for n in plugins.names(k)]\n"
        "[plugins.load('datasets', n) for n in plugins.names('datasets')]\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_files_of_editors_are_no_plugins_and_a_name_with_a_dash_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(plugins, "ROOT", tmp_path / "gaebench")
    folder = tmp_path / "gaebench/models"
    folder.mkdir(parents=True)
    for name in (".#mine.py", "._mine.py", "_mine.py", "mine.py", "my-model.py"):
        (folder / name).write_bytes(b"\xef\xbb\xbfLABEL = 'mine'\n")
    (folder / "folder.py").mkdir()
    assert plugins.names("models") == ["folder", "mine", "my-model"]
    assert plugins.constant("models", "mine", "LABEL") == "mine", "a mark of UTF-8 is no character"
    (fault,) = contracts.faults("models", "my-model")
    assert fault == "gaebench/models/my-model.py: must have a name of letters, digits and _"
    with pytest.raises(PluginFault, match=r"folder\.py: cannot be read: Is a direc"):
        plugins.tree("models", "folder")
