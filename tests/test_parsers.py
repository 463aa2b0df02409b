"""Whatever a file holds, its parser gives what it documents or raises an error that it documents.

Content is made up, and real content is damaged. `make torture` runs 10,000 examples a parser.
"""

import os
import resource
import struct
from collections.abc import Callable, Iterator
from functools import cache

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parsers import PARSERS, Problems, examples, searched, settled

from gaebench import plugins
from gaebench.errors import GaebenchError

FEW = 150
settings.register_profile(
    "tests",
    max_examples=int(os.environ.get("GAEBENCH_EXAMPLES", FEW)),
    deadline=None,
    derandomize="GAEBENCH_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("tests")

EXAMPLES = examples()
BYTES = [name for name in PARSERS if not name.endswith(".yaml")]
DOCUMENTED = (GaebenchError, Problems)
ODD = [
    b"",
    b"\0",
    b"\xff" * 8,
    b"nan",
    b"inf",
    b"1e999",
    b"-",
    b"{",
    b"[" * 99,
    b'"',
    b",",
    b"\r\n",
]
ODD += [struct.pack(kind, value) for kind, value in (("<i", -1), ("<Q", 2**63), (">I", 2**32 - 1))]
ODD += [b"(99999999999,)", b"(1,", b"'|O'", b"'<M8[s]'", "\ud7ff".encode(), b"1" * 400]


@pytest.fixture(scope="module", autouse=True)
def _folders_that_do_not_change() -> Iterator[None]:
    """The names of plugins are asked for often: looked up once, and in no other file's tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plugins, "names", cache(plugins.names))
        yield


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    """Content that a parser takes, with something cut, repeated, overwritten or put in."""
    content = draw(st.sampled_from(EXAMPLES[name]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)) | st.integers(0, min(300, len(content))))
        length = draw(st.integers(0, 8) | st.integers(0, len(content) - start))
        patch = draw(st.binary(max_size=8) | st.sampled_from(ODD))
        again = draw(st.sampled_from([b"", content[start : start + length]]))
        content = content[:start] + patch + again + content[start + length :]
    return content


def read(name: str, content: object, parse: Callable | None = None) -> bool:
    """Whether a parser takes some content; anything but an error it documents goes through."""
    try:
        (parse or PARSERS[name])(content)
    except DOCUMENTED as error:
        assert str(error).strip(), "an error without a word"
        return False
    return True


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_right_is_taken(name):
    for content in EXAMPLES[name]:
        assert read(name, content) is True


@pytest.mark.parametrize("name", BYTES)
def test_damaged_content_gives_documented_errors_alone(name):
    @given(damaged(name))
    def test(content: bytes) -> None:
        read(name, content)

    test()


@pytest.mark.parametrize("name", PARSERS)
def test_made_up_content_gives_documented_errors_alone(name):
    heads = st.sampled_from([b"", *(content[:9] for content in EXAMPLES[name]), b"\x93NUMPY\x01\0"])

    @given(heads, st.binary(max_size=200))
    def test(head: bytes, rest: bytes) -> None:
        read(name, head + rest)

    test()


# ---- npy: what is claimed is not what is there

NPY = ["npy", "npz", "features"]
DTYPES = st.sampled_from(
    ["<u2", "|u1", "<f4", "<f8", "|O", "<U9", "|V0", "<i8", "?", "<c16", "x", ""]
)
SHAPES = st.lists(st.integers(-2, 20) | st.integers(0, 2**70), max_size=5).map(tuple)


@given(DTYPES, SHAPES | st.none() | st.text(max_size=5), st.booleans(), st.binary(max_size=400))
def test_headers_of_numpy_give_documented_errors_alone(dtype, shape, fortran, content):
    header = repr({"descr": dtype, "fortran_order": fortran, "shape": shape}).encode(
        "latin1", "replace"
    )
    read("npy", b"\x93NUMPY\x01\0" + struct.pack("<H", len(header) + 1) + header + b"\n" + content)


def test_a_claim_takes_no_memory(tmp_path):
    header = repr({"descr": "<u2", "fortran_order": False, "shape": (2**31, 16)}).encode()
    content = b"\x93NUMPY\x01\0" + struct.pack("<H", len(header) + 1) + header + b"\n"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not read("npy", content)
    assert not read("idx", bytes([0, 0, 8, 3]) + struct.pack(">III", 2**16, 2**16, 2**3))
    assert not read("idx", bytes([0, 0, 8, 4]) + struct.pack(">IIII", 2**31, 2**31, 2, 0))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kilobytes"


# ---- YAML: parameters that are odd anywhere

TREES = {name: yaml.safe_load(EXAMPLES[name][0]) for name in PARSERS if name.endswith(".yaml")}
WORDS = [
    "",
    "mnist",
    "vae",
    "gae-2",
    "quality",
    "table1",
    "../x",
    "-rf",
    "a b",
    "{x}",
    "é",
    "x\n",
    "1e-5",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 9)
    | st.sampled_from([10**400, -(10**30), 1.5, float("nan"), float("inf"), -0.0, *WORDS])
    | st.text(max_size=6)
    | st.dates()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.integers(0, 3) | st.none(), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(tree: object, path: tuple = ()) -> list[tuple]:
    """The paths of all that is in a tree."""
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    return [path, *(place for key in keys for place in places(tree[key], (*path, key)))]


@st.composite
def edited(draw: st.DrawFn, name: str) -> dict:
    """Parameters with something put in the place of an entry, beside it, or under its name."""
    tree = yaml.safe_load(EXAMPLES[name][0])
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(places(tree)[1:]))
        holder = tree
        for key in path:
            holder = holder[key]
        how = draw(st.sampled_from(["replace", "add", "rename", "drop"]))
        if how == "drop":
            del holder[last]
        elif how == "replace" or isinstance(holder, list):
            holder[last] = draw(VALUES)
        elif how == "rename":
            name = draw(SCALARS)
            holder[name] = holder.pop(last)
        else:
            holder[
                draw(st.sampled_from([*WORDS, "models", "like", "tables", "seeds", "label"]))
            ] = draw(VALUES)
    return tree


@pytest.mark.parametrize("name", TREES)
def test_odd_parameters_are_told_before_anything_runs_or_run(name):
    @given(edited(name))
    def test(tree: dict) -> None:
        read(name, tree, settled if name == "params.yaml" else searched)

    test()


@pytest.mark.parametrize("name", TREES)
def test_damaged_yaml_is_told(name):
    @settings(max_examples=max(FEW // 5, settings().max_examples // 5))
    @given(damaged(name))
    def test(content: bytes) -> None:
        read(name, content)

    test()
