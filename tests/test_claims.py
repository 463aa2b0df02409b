"""Claims and their verdicts: planted numbers that support, refute or cannot test each of them."""

import dataclasses
import itertools
import re
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from params import resolve, runs
from params.resolve import merged

from gaebench import plugins
from gaebench.claims import verdicts
from gaebench.claims.comparisons import Difference, Fall, Level, Measured, Missing, Numbers, p_value
from gaebench.claims.slides import CLAIMS
from gaebench.claims.verdicts import NOT_SUPPORTED, NOT_TESTABLE, SUPPORTED, Claim
from gaebench.report.frames import COLUMNS
from gaebench.report.names import Label, Names
from gaebench.report.table import Entry, Table

ROOT = Path(__file__).parents[1]
JITTER = (0.0, 0.1, 0.05, 0.02)
NAMES = Names({"gae-1": Label("GAE (1 layer)")}, {"tfd": Label("TFD")})


def cells(comparison, size):
    """Cells of a comparison whose effect has a size: (dataset, model, metric) -> value."""
    where = (comparison.dataset, comparison.metric)
    if isinstance(comparison, Difference):
        values = {comparison.rival: 0.0, comparison.model: -size if comparison.less else size}
    elif isinstance(comparison, Level):
        values = {comparison.model: comparison.target + size}
    else:
        values = {model: -size * layer for layer, model in enumerate(comparison.models)}
    return {(where[0], model, where[1]): value for model, value in values.items()}


def planted(claim, size=5.0, seeds=(0, 1, 2), first=None):
    """A world in which a claim holds by a size; ``first`` is that of the first comparison."""
    values = {}
    for number, comparison in enumerate(claim.comparisons):
        values |= cells(comparison, size if first is None or number else first)
    if first is not None:  # a model's own number may be in several comparisons
        values |= cells(claim.comparisons[0], first)
    shift = count()
    return frame(
        [
            (dataset, model, seed, metric, value + JITTER[(seed + next(shift)) % 4], 0.3)
            for (dataset, model, metric), value in values.items()
            for seed in seeds
        ]
    )


def frame(rows):
    """The tidy table; a row may lack the version of its metric."""
    return pd.DataFrame([(*row, 1)[:7] for row in rows], columns=COLUMNS)


def numbers_of(table, unavailable=()):
    return Numbers(table, dict(unavailable), NAMES)


FIGURES = ("samples", "latent_density", "latent_depths")


def judge(all_claims, table, unavailable=()):
    findings = verdicts.find(all_claims, numbers_of(table, unavailable))
    corrected = verdicts.corrections(findings)
    return [found.verdict(p) for found, p in zip(findings, corrected, strict=True)], findings


each = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text[:40])


@each
def test_a_claim_is_supported_where_it_holds(claim):
    assert judge([claim], planted(claim))[0] == [SUPPORTED]


@each
def test_a_claim_is_not_supported_where_the_opposite_holds(claim):
    verdicts, (found,) = judge([claim], planted(claim, -5.0))
    assert verdicts == [NOT_SUPPORTED] and found.against == len(claim.comparisons)


@each
def test_a_claim_is_not_supported_where_there_is_only_noise(claim):
    rng = np.random.default_rng(0)
    table = planted(claim, 0.0)
    table["value"] += rng.normal(scale=5.0, size=len(table))
    assert judge([claim], table)[0] == [NOT_SUPPORTED]


@each
def test_one_seed_is_no_test(claim):
    judged, (found,) = judge([claim], planted(claim, seeds=(0,)))
    assert judged == [NOT_TESTABLE] and found.reason(None) == verdicts.ONE_SEED
    assert judge([claim], planted(claim, -5.0, seeds=(0,)))[0] == [NOT_TESTABLE]


@each
def test_a_claim_without_numbers_says_which_are_missing(claim):
    verdicts, (found,) = judge([claim], frame([]))
    assert verdicts == [NOT_TESTABLE]
    assert f"no table asks for `{claim.comparisons[0].metric}`" in found.reason(None)
    dataset = claim.comparisons[0].dataset
    _, (found,) = judge([claim], frame([]), {dataset: "no licensed\nfile"})
    assert found.reason(None).endswith("is not available: no licensed file")


@each
def test_one_comparison_that_fails_is_enough(claim):
    verdicts, (found,) = judge([claim], planted(claim, first=-50.0))
    assert verdicts == [NOT_SUPPORTED] and found.against >= 1


@each
def test_changing_the_numbers_flips_the_verdict(claim):
    table = planted(claim)
    comparison = claim.comparisons[0]
    model = comparison.models[0] if isinstance(comparison, Fall) else comparison.model
    mine = (table["model"] == model) & (table["metric"] == comparison.metric)
    better = -1 if getattr(comparison, "less", False) else 1
    table.loc[mine, "value"] -= better * 100.0
    assert judge([claim], table)[0] == [NOT_SUPPORTED]


@each
def test_a_claim_is_left_out_where_the_tables_have_nothing_of_it(claim):
    assert verdicts.asked([claim], numbers_of(frame([]))) == []
    comparison = claim.comparisons[-1]
    one = frame([(*cell[:2], 0, cell[2], 1.0, 0.3) for cell in cells(comparison, 1.0)])
    assert verdicts.asked([claim], numbers_of(one)) == [claim]
    missing = numbers_of(frame([]), {comparison.dataset: "no file"})
    assert verdicts.asked([claim], missing) == [claim]


@pytest.fixture(scope="module")
def tabled():
    """Data set, model and metric of every number in the tables of params.yaml, or of a study."""
    config = yaml.safe_load((ROOT / "params.yaml").read_text())
    studies = map(yaml.safe_load, map(Path.read_text, (ROOT / "workflow/studies").glob("*.yaml")))
    laid = [resolve.resolved(merged(config, study)) for study in ({}, *studies)]
    return [{(c.dataset, c.model, c.metric) for c in runs.table_cells(each)} for each in laid]


@each
def test_a_claim_is_about_numbers_of_one_run_and_of_the_slide(claim, tabled):
    wanted = {key for comparison in claim.comparisons for key in cells(comparison, 1.0)}
    assert any(wanted <= found for found in tabled)
    targets = {c.target for c in claim.comparisons if isinstance(c, Level)}
    assert targets <= {456.71, 460.73, -97.66, -96.91, -95.76, -94.66}


ABOVE = Claim("A is above B", "Here", "A less B.", (Difference("d", "m", "a", "b"),))


def pair(differences, noise=(0.0, 40.0, -30.0)):
    """Numbers of a and b whose differences by seed are given, whatever they share."""
    rows = [("d", "b", seed, "m", shared, 0.3) for seed, shared in enumerate(noise)]
    rows += [
        ("d", "a", seed, "m", shared + difference, 0.4)
        for seed, (shared, difference) in enumerate(zip(noise, differences, strict=True))
    ]
    return frame(rows)


def test_seeds_are_paired():
    found = ABOVE.comparisons[0].measure(numbers_of(pair([1.0, 2.0, 3.0])))
    assert (found.effect, found.seeds) == (pytest.approx(2.0), 3)
    assert found.error == pytest.approx(1 / np.sqrt(3))
    t = 2.0 * np.sqrt(3)  # with two degrees of freedom the distribution is known
    assert found.p == pytest.approx(0.5 - t / (2 * np.sqrt(2 + t**2)))


def test_only_shared_seeds_count():
    table = pair([1.0, 2.0, 3.0])
    table.loc[(table["model"] == "a") & (table["seed"] == 0), "seed"] = 7
    assert ABOVE.comparisons[0].measure(numbers_of(table)).seeds == 2
    table.loc[table["model"] == "a", "seed"] += 10
    with pytest.raises(Missing, match="no seed"):
        ABOVE.comparisons[0].measure(numbers_of(table))


def test_one_seed_has_the_metrics_own_error():
    table = pair([1.0, 2.0, 3.0])
    found = ABOVE.comparisons[0].measure(numbers_of(table[table["seed"] == 0]))
    assert found == Measured(pytest.approx(1.0), pytest.approx(0.5), 1, None)


def test_a_rival_is_none_the_weaker_for_bad_luck_in_one_seed():
    """Of several rivals, the best on average need not be the hardest to beat."""
    rows = [("d", "a", seed, "m", value, 0.1) for seed, value in enumerate((3.0, 3.1, 3.2))]
    rows += [("d", "b", seed, "m", value, 0.1) for seed, value in enumerate((5.0, -9.0, 4.0))]
    rows += [("d", "c", seed, "m", value, 0.1) for seed, value in enumerate((1.0, 1.1, 1.3))]
    above = [Difference("d", "m", "a", rival) for rival in ("b", "c")]
    lucky, steady = (part.measure(numbers_of(frame(rows))) for part in above)
    assert steady.p < verdicts.ALPHA < lucky.p and lucky.effect > steady.effect
    [verdict], [found] = judge([dataclasses.replace(ABOVE, comparisons=tuple(above))], frame(rows))
    assert verdict == NOT_SUPPORTED and found.p == lucky.p


def test_the_fall_is_the_slope_of_a_line():
    models = ("w", "x", "y", "z")
    rng = np.random.default_rng(1)
    values = rng.normal(size=(3, 4))
    rows = [
        ("d", model, seed, "m", values[seed, layer], 0.1)
        for layer, model in enumerate(models)
        for seed in range(3)
    ]
    slopes = [-np.polyfit(range(4), values[seed], 1)[0] for seed in range(3)]
    found = Fall("d", "m", models).measure(numbers_of(frame(rows)))
    assert found.effect == pytest.approx(np.mean(slopes))
    assert found.p == pytest.approx(p_value(slopes))


def test_the_test_keeps_its_level():
    rng = np.random.default_rng(2)
    hits = [p_value(rng.normal(size=3)) < verdicts.ALPHA for _ in range(4000)]
    assert np.mean(hits) == pytest.approx(verdicts.ALPHA, abs=0.012)


def test_equal_values_leave_no_doubt():
    assert p_value([1.0, 1.0, 1.0]) == 0.0
    assert p_value([0.0, 0.0]) == p_value([-1.0, -1.0]) == 1.0
    assert p_value([3.0]) is None


def step_down(p_values, level):
    """Holm's procedure as he wrote it: which are rejected at a level."""
    rejected = set()
    for rank, place in enumerate(np.argsort(p_values, kind="stable")):
        if p_values[place] > level / (len(p_values) - rank):
            break
        rejected.add(int(place))
    return rejected


def test_holms_correction():
    assert verdicts.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert verdicts.holm([0.9, 0.8]) == [1.0, 1.0] and verdicts.holm([]) == []
    rng = np.random.default_rng(3)
    for size in (1, 2, 5, 9):
        p_values = list(rng.random(size) ** 3)
        corrected = verdicts.holm(p_values)
        for level in rng.random(50):
            rejected = {place for place in range(size) if corrected[place] <= level}
            assert rejected == step_down(p_values, level)


def test_the_correction_is_over_the_claims_that_were_tested():
    borderline = pair([1.0, 2.0, 3.0])  # p = 0.037
    elsewhere = dataclasses.replace(ABOVE, comparisons=(Difference("elsewhere", "m", "a", "b"),))
    assert judge([ABOVE, elsewhere], borderline)[0] == [SUPPORTED, NOT_TESTABLE]
    assert judge([ABOVE, ABOVE], borderline)[0] == [NOT_SUPPORTED, NOT_SUPPORTED]


def test_a_claim_of_several_comparisons_is_as_strong_as_its_weakest():
    strong = pair([10.0, 10.1, 10.2])
    weak = pair([1.0, 2.0, 3.0]).replace({"d": "e"})
    both = dataclasses.replace(
        ABOVE, comparisons=(*ABOVE.comparisons, Difference("e", "m", "a", "b"))
    )
    _, (found,) = judge([both], pd.concat([strong, weak]))
    assert found.p == pytest.approx(0.037, abs=1e-3)
    judged, (found,) = judge([both], strong)
    assert judged == [NOT_TESTABLE] and found.p is None, "half of it is not known"
    assert judge([both], pair([-1.0, -1.1, -1.2]))[0] == [NOT_SUPPORTED], "half of it fails"


SHOWN = [
    (
        Table("Table 1", "", (Entry("parzen"),)),
        {"models": ["gae-1"], "seeds": {"mnist": [0, 1, 2], "tfd": [0]}},
    ),
    (Table("Others", "", (Entry("m"),)), {"models": ["b", "c"], "seeds": {"d": [0, 1, 2]}}),
    (
        Table("Evidence lower bounds of Table 2's models", "", (Entry("x", "y"), Entry("m"))),
        {"models": ["a", "b"], "seeds": {"d": [0, 1, 2]}},
    ),
]


@pytest.mark.parametrize(
    ("differences", "reason"),
    [
        ([[10.0, 10.1, 10.2]], "the only comparison its way, corrected p: < 0.0001"),
        ([[-10.0, -10.1, -10.2]], "the only comparison the other way"),
        ([[10.0, 10.1, 10.2], [-1.0, -1.1, -1.2]], "1 of 2 comparisons the other way"),
        ([[-9.0, -9.1, -9.2], [-1.0, -1.1, -1.2]], "2 of 2 comparisons the other way"),
        ([[10.0, 10.1, 10.2], [9.0, 9.1, 9.2]], "2 comparisons its way, corrected p: < 0.0001"),
    ],
)
def test_the_reason_counts_in_words_that_fit(differences, reason):
    parts = [pair(found).replace({"d": str(place)}) for place, found in enumerate(differences)]
    comparisons = tuple(Difference(str(p), "m", "a", "b") for p in range(len(parts)))
    claim = dataclasses.replace(ABOVE, comparisons=comparisons)
    _, (found,) = judge([claim], pd.concat(parts))
    assert found.reason(*verdicts.corrections([found])) == reason


def test_no_page_counts_one_of_a_plural():
    """Whichever way each claim goes, with several seeds or one."""
    for size, seeds in itertools.product((5.0, -5.0), ((0, 1, 2), (0,))):
        table = pd.concat([planted(claim, size, seeds) for claim in CLAIMS])
        text = verdicts.render(CLAIMS, numbers_of(table), SHOWN, FIGURES)
        assert "of the only" not in text and not re.search(r"\b1 (comparison|claim)s\b", text)


@each
def test_a_claim_goes_the_way_that_its_metric_says_is_better(claim):
    for comparison in claim.comparisons:
        way = plugins.constant("metrics", comparison.metric, "BETTER")
        if way:  # else the claim says more than that it is better
            assert (way == "lower") == getattr(comparison, "less", False)


def test_the_page():
    text = verdicts.render([ABOVE], numbers_of(pair([10.0, 10.1, 10.2])), SHOWN, FIGURES)
    row = next(line for line in text.splitlines() if line.startswith("| 1 "))
    assert [cell.strip() for cell in row.split("|")[1:-1]] == [
        "1",
        "A is above B",
        "**supported**",
        "the only comparison its way, corrected p: < 0.0001",
        "a against b: +10.100 ± 0.058, n = 3",
        "[Evidence lower bounds of Table 2's models]"
        "(tables.md#evidence-lower-bounds-of-table-2s-models)",
    ]
    assert (
        "tested (1); the level is 0.05" in text and "## 1. A is above B\n\nHere. A less B." in text
    )


def test_the_page_of_all_claims_with_nothing_known():
    text = verdicts.render(CLAIMS, numbers_of(frame([]), {"tfd": "no file"}), SHOWN, FIGURES)
    assert text.count(f"**{NOT_TESTABLE}**") == len(CLAIMS)
    assert "TFD is not available: no file" in text and "(tables.md#table-1)" in text


def test_the_page_of_no_claims():
    text = verdicts.render([], numbers_of(frame([])), SHOWN, FIGURES)
    assert text.endswith("\n\nNo claim is about what the tables have.\n") and "|" not in text


def test_links_lead_to_tables_and_figures_that_there_are():
    assert "figures/" not in verdicts.render(CLAIMS, numbers_of(frame([])), [], [])
    tables = [plugins.load("tables", name).TABLE for name in plugins.names("tables")]
    compared = [comparison for claim in CLAIMS for comparison in claim.comparisons]
    everywhere = {
        "models": [comparison.model for comparison in compared],
        "seeds": {comparison.dataset: [0] for comparison in compared},
    }
    text = verdicts.render(
        CLAIMS, numbers_of(frame([])), [(table, everywhere) for table in tables], FIGURES
    )
    figures = re.findall(r"\]\(figures/([^)]+)\.png\)", text)
    assert figures and set(figures) <= set(plugins.names("figures"))
    links = set(re.findall(r"\(tables\.md#([^)]+)\)", text))
    assert links and links <= {verdicts.anchor(table.title) for table in tables}


def test_rendering_twice_gives_the_same_text():
    table = pd.concat([planted(claim) for claim in CLAIMS[:3]])
    texts = {verdicts.render(CLAIMS, numbers_of(table), SHOWN, FIGURES) for _ in range(2)}
    assert len(texts) == 1
