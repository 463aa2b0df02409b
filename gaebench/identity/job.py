"""A job checks the files that it is given, and leaves an identity beside each that it makes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from gaebench.identity import record
from gaebench.identity.record import Identity

LONGEST = 8000
"""Characters of a parameter that stands in identities as it is; of a longer one its hash does."""


class Job:
    """A job of the workflow: what it reads, what it makes, and by what.

    Parameters
    ----------
    rule, wildcards, params
        As in :class:`Identity`, the parameters as the rule has them.
    inputs, outputs
        Files of the project, whose folder is the working directory.
    """

    def __init__(
        self,
        rule: str,
        wildcards: Mapping[str, str],
        params: Mapping[str, object],
        inputs: Iterable[str],
        outputs: Iterable[str],
    ) -> None:
        self.rule = rule
        self.wildcards = dict(wildcards)
        self.params = normal(params)
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self._used: dict[str, str] = {}

    @classmethod
    def of(cls, script: object, *, inputs: Iterable[str] | None = None) -> "Job":
        """The job of a script, of what the script is told about itself.

        Parameters
        ----------
        script
            Has ``rule``, ``wildcards``, ``params``, ``input`` and ``output``.
        inputs
            The inputs that other jobs made, if that is not all of them.
        """
        return cls(
            script.rule,
            dict(script.wildcards.items()),
            dict(script.params.items()),
            script.input if inputs is None else inputs,
            script.output,
        )

    def begin(self) -> None:
        """Check the inputs.

        Raises
        ------
        DataError
            If one is not what its job made.
        """
        self._used = {record.named(path): record.required(path).mark for path in self.inputs}

    def end(self) -> None:
        """Write the identities of the outputs."""
        for path in filter(Path.is_file, map(Path, self.outputs)):
            record.write(
                Identity(
                    record.named(path),
                    path.stat().st_size,
                    record.content_hash(path),
                    self.rule,
                    self.wildcards,
                    self.params,
                    self._used,
                )
            )


def normal(params: Mapping[str, object]) -> dict[str, object]:
    """Parameters as identities have them: texts of JSON as what they say, long ones as hashes."""
    return {name: _normal(value) for name, value in params.items()}


def _normal(value: object) -> object:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    if len(text) > LONGEST:
        return {"sha256": hashlib.sha256(text.encode()).hexdigest()}
    try:
        return json.loads(text)
    except ValueError:
        return text
