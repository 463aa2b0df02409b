"""Say what the numbers make of each claim of the slides."""

import json

from gaebench import files, jobs
from gaebench.claims import verdicts
from gaebench.claims.comparisons import Numbers
from gaebench.claims.slides import CLAIMS
from gaebench.identity.job import Job
from gaebench.report import collect, facts, tables
from gaebench.report.names import Names

settings = json.loads(snakemake.params.settings)
with jobs.running(snakemake.log[0], "claims", job=Job.of(snakemake)):
    names, reasons = Names.of(settings["names"]), facts.unavailable(settings["manifests"])
    numbers = Numbers(collect.read(snakemake.input.metrics), reasons, names)
    claims = verdicts.asked(CLAIMS, numbers)
    shown = tables.asked(settings["tables"])
    text = verdicts.render(claims, numbers, shown, settings["figures"])
    files.write_text(snakemake.output.claims, text)
