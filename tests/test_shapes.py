"""The mathematics says its shapes in its signatures; the tests check them at every call."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from jaxtyping import TypeCheckError

from gaebench import mathematics
from gaebench.mathematics import annealing, gaussians, neighbours

FILES = sorted(Path(mathematics.__file__).parent.glob("*.py"))
NAMES = [f"gaebench.mathematics.{file.stem}" for file in FILES]
OWN = ("self", "cls")
SHAPED = re.compile(r"\w+\[(Tensor|np\.ndarray), '[^']*'\]")
"""As ``Float[Tensor, 'm d']``."""


def test_a_wrong_shape_is_refused_where_broadcasting_would_hide_it():
    with pytest.raises(TypeCheckError, match="log_variance"):
        gaussians.log_mixture(torch.zeros(5, 3), torch.zeros(4, 3), torch.zeros(4, 1))
    with pytest.raises(TypeCheckError, match="points"):
        neighbours.nearest(torch.zeros(5, 3), torch.zeros(4, 1))


def test_a_wrong_kind_of_number_is_refused():
    with pytest.raises(TypeCheckError, match="mean"):
        gaussians.kl_to_standard(torch.zeros(5, 3, dtype=torch.int64), torch.zeros(5, 3))


def test_a_wrong_result_is_refused():
    with pytest.raises(TypeCheckError, match="return value"):
        annealing.differentiated(lambda z: z)(torch.zeros(5, 3))


def public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions without a leading underscore in their names, and such methods of such classes."""
    for node in tree.body:
        body = node.body if isinstance(node, ast.ClassDef) and node.name[0] != "_" else [node]
        functions = [part for part in body if isinstance(part, ast.FunctionDef)]
        yield from (part for part in functions if part.name[0] != "_" or part.name[:2] == "__")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_public_functions_say_the_shapes_of_all_arrays(file: Path):
    for function in public_functions(ast.parse(file.read_text(encoding="utf-8"))):
        arguments = function.args.args + function.args.kwonlyargs
        hints = [argument.annotation for argument in arguments if argument.arg not in OWN]
        for hint in [*hints, function.returns]:
            assert hint, f"{function.name}: every argument and the result need a type"
            rest = SHAPED.sub("", ast.unparse(hint))
            assert not re.search("Tensor|ndarray", rest), f"{function.name}: shape of {rest}?"


def test_outside_the_tests_nothing_is_checked():
    program = (
        "import importlib, sys, torch\n"
        f"[importlib.import_module(name) for name in {NAMES}]\n"
        "assert 'beartype' not in sys.modules\n"
        "from gaebench.mathematics import gaussians\n"
        "gaussians.log_density(torch.zeros(5, 3), torch.zeros(1), torch.zeros(1))\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
