"""Is every file what the run made? One line for each that is not; the exit status is then 1.

python workflow/verify.py
"""

import sys
from pathlib import Path

import yaml

from gaebench.errors import counted
from gaebench.identity import tree

ROOT = Path(__file__).parents[1]
REMEDY = (
    "Run again (make all; make quick for results/quick): what params.yaml asks for is made anew. "
    "Delete what it no longer asks for."
)


def main() -> None:
    """Verify the checkout."""
    config = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    found = tree.verify(ROOT, config["results"])
    if found:
        print(*(finding.problem for finding in found), sep="\n")
        sys.exit(f"{counted(len(found), 'file')} not as made. {REMEDY}")
    print("Every file is what was made.")


if __name__ == "__main__":
    main()
