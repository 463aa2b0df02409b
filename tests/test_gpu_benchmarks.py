"""What `make gpu` does where there is no GPU, and how it counts."""

import subprocess
import sys

import pytest
import torch

from benchmarks import inputs
from benchmarks.gpu import graph, paths, report, steps
from benchmarks.gpu.limits import Limits, measured_limits
from benchmarks.inputs import ROOT

LIMITS = Limits("a device", flops=1e12, bytes=1e10)


@pytest.fixture
def small_images(monkeypatch):
    """Random images in the place of a data set's, so that none need be prepared."""
    monkeypatch.setattr(inputs, "images", lambda name, split, share=1.0: torch.rand(500, 784))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_one_line_says_what_is_missing():
    command = [sys.executable, "-m", "benchmarks.gpu"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 1 and not found.stdout
    (line,) = found.stderr.splitlines()
    assert line.startswith("make gpu: ") and "NVIDIA GPU" in line


def test_an_unknown_part_is_named():
    command = [sys.executable, "-m", "benchmarks.gpu", "speeed"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 1 and "no part 'speeed'" in found.stderr


def test_a_step_costs_six_operations_per_weight_and_image(small_images):
    flops, moved = steps.cost("vae", 0, share=1.0)
    sizes = [(784, 500), (500, 500), (500, 40), (20, 500), (500, 500), (500, 784)]
    weights = sum(a * b for a, b in sizes)
    first = 784 * 500  # whose gradient with respect to the image is not needed
    assert flops == 250 * (6 * weights - 2 * first)
    biases = sum(b for _, b in sizes)
    assert moved == 4 * (10 * (weights + biases) + 250 * 784)


def test_the_roof_is_the_slower_of_arithmetic_and_memory():
    assert LIMITS.roof(flops=1e12, moved=1e9) == 1.0
    assert LIMITS.roof(flops=1e11, moved=1e10) == 1.0


def test_rates_are_measured():
    found = measured_limits("cpu")
    assert found.flops > 1e8 and found.bytes > 1e7


def test_the_mixtures_ours_and_product_are_of_one_size():
    ours, product = paths._mixture("cpu", 0.001)
    assert product().shape == (10, 50_000) and ours().shape == (10,)
    ours, product = paths._annealing("cpu", 0.005)
    assert product().shape == ours()[1].repeat(1, 2).shape


def test_the_page_has_ratios_to_each_other_and_to_the_roof(tmp_path):
    values = {"steps one by one": 1000.0, "captured": 4000.0, "CPU core": 50.0}
    rows = [report.Row("training vae", values, roof=10_000.0, most=True)]
    rows.append(report.Row("Parzen", {"ours": 0.5, "its product": 0.25, "CPU core": 60.0}))
    report.save_speed(tmp_path, LIMITS, rows)
    report.save_graph(tmp_path, graph.Graph(wall=321.0, whole=True, busy=0.5))
    page = (tmp_path / "gpu.md").read_text()
    assert "| 10,000 |" in page and "4.00 |" in page and "0.40 |" in page
    assert "a device, torch" in page and "321 s" in page and "50%" in page
    lines = (tmp_path / "gpu.csv").read_text().splitlines()
    assert lines[0] == "device,what,name,value" and "a device,Parzen,its product,0.25" in lines
    assert len(lines) == 1 + 4 + 3


def test_too_little_time_starts_no_graph(capsys):
    assert graph.run(left=10.0) is None
    assert "goes on" in capsys.readouterr().out
