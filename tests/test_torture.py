"""The figures of the torture: counted rightly, and those of other parts kept."""

from torture.outcome import DETECTED, SILENT, SKIPPED, SURVIVED, Outcome, table

FIRST = [
    Outcome("killed", "early", SURVIVED),
    Outcome("killed", "late", SILENT, "two\nlines"),
    Outcome("a file changed, then run", "a bit", DETECTED),
    Outcome("a file changed, then run", "half", SKIPPED, "not permitted"),
]
TABLE = """\
| Damage | tried | survived | detected | silent |
|:--|--:|--:|--:|--:|
| a file changed, then run | 1 | 0 | 1 | 0 |
| killed | 2 | 1 | 0 | 1 |

- killed: silent, late: two lines
- a file changed, then run: skipped, half: not permitted"""


def test_results_are_counted_by_part_and_what_was_not_seen_is_told():
    assert table(FIRST) == TABLE


def test_a_part_that_is_tried_again_has_its_new_figures_and_others_stay():
    again = table([Outcome("killed", "late", SURVIVED)], f"\n{TABLE}\n")
    assert "| killed | 1 | 1 | 0 | 0 |" in again and "silent, late" not in again
    assert TABLE.splitlines()[2] in again and TABLE.splitlines()[-1] in again
    assert table([], "\nNo run is recorded here yet.\n").splitlines() == TABLE.splitlines()[:2]
