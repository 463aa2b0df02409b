"""python -m torture: do all the damage, or a part, and write into docs/reliability.md what came."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from torture import content, damage, kills, outcome, system
from torture.project import ROOT, Project

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- torture -->", "<!-- end of torture -->"


def main() -> int:
    """Exit status 1 if any damage went unseen."""
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="runs that are killed")
    parser.add_argument("--examples", type=int, default=10_000, help="of odd content, per test")
    parser.add_argument("--seed", type=int, default=0, help="of the moments of kills")
    parser.add_argument("--only", choices=["kills", "damage", "system", "content"])
    asked = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory(prefix="gaebench-torture-") as folder:
        finished = Project.create(Path(folder).resolve() / "finished")
        another = finished.copy(Path(folder).resolve() / "another")
        if asked.only != "content":
            status, output = finished.run()
            assert not status, output
        expected = finished.files()
        parts = {
            "kills": lambda: kills.outcomes(another, expected, asked.kills, asked.seed),
            "system": lambda: system.outcomes(finished, expected),
            "damage": lambda: damage.outcomes(finished, expected),
            "content": lambda: content.outcomes(asked.examples),
        }
        for name in [asked.only] if asked.only else parts:
            for one in parts[name]():
                print(
                    f"{time.strftime('%H:%M:%S')} {one.result:9} {one.part}: {one.what}", flush=True
                )
                found.append(one)
    print(outcome.table(found))
    _write(found)
    return int(any(one.result == outcome.SILENT for one in found))


def _write(found: list[outcome.Outcome]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    earlier, after = rest.split(END)
    figures = outcome.table(found, earlier)
    PAGE.write_text(f"{before}{BEGIN}\n{figures}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
