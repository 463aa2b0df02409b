"""Which images an estimate on a part of them looks at."""

import numpy as np
import pytest

from gaebench.errors import SettingsError
from gaebench.mathematics.subset import evenly_spaced


@pytest.mark.parametrize("count", [5, 6])
def test_all_where_there_are_no_more(count):
    assert evenly_spaced(5, count).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("count", [1, 3, 7, 10])
def test_distinct_and_evenly_spaced(count):
    places = evenly_spaced(10, count)
    gaps = np.diff(np.append(places, 10))
    assert len(set(places)) == count
    assert gaps.max() - gaps.min() <= 1


def test_none_is_refused():
    with pytest.raises(SettingsError, match="at least 1"):
        evenly_spaced(10, 0)
