"""Values against the annotation of the setting that they are for."""

import pytest
from params import signatures

UNION = "Literal['all', 'batch'] | int | None"


def told(value: object, annotation: str) -> str | None:
    return next(signatures.misfit(value, annotation, ("exemplars",)), None)


@pytest.mark.parametrize("value", ["all", 5000, None])
def test_a_value_of_any_part_of_a_union_fits(value):
    assert told(value, UNION) is None


@pytest.mark.parametrize(
    ("value", "annotation", "message"),
    [
        ("al", UNION, "is 'al' (text), must be a whole number or 'all' or 'batch'"),
        (0, UNION, "is 0, must be at least 1 and at most 1000000000"),
        (None, "int", "is empty, must be a whole number"),
        (True, "int | float", "is true or false, must be a whole number or a number"),
        ("al", "Literal['all']", "is 'al'; did you mean 'all'? Known: all"),
        (float("inf"), "float | None", "is inf, must be at least 0 and finite"),
    ],
)
def test_what_fits_no_part_is_told(value, annotation, message):
    assert told(value, annotation) == f"exemplars: {message}"


def test_an_annotation_that_values_cannot_be_checked_against_is_not_understood():
    others = ["list[int]", "int | Path", "'int'", "Literal[X]"]
    assert all(map(signatures.is_understood, ["int", "int | None", UNION]))
    assert not any(map(signatures.is_understood, others))
