"""What a recommendation changes against the policies of ours that are in force."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exporter.recommend.own import Own
from exporter.recommend.policies import Document
from exporter.recommend.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Difference:
    """``added`` is denied anew, ``removed`` is given back, ``kept`` stays denied.

    ``in_force`` are our policies, each as one calls it; ``rewritten``: their text changes.
    """

    added: tuple[Verdict, ...]
    removed: tuple[Verdict, ...]
    kept: tuple[Verdict, ...]
    in_force: tuple[str, ...]
    rewritten: bool

    @property
    def none(self) -> bool:
        """Nothing has to be done."""
        return not self.rewritten


def difference(own: Sequence[Own], verdicts: Sequence[Verdict], policies: Sequence[Document]) -> Difference:
    """Ours in force against what is to take their place."""
    before = sorted(_canonical(one.statement) for one in own)
    after = sorted(_canonical(statement) for policy in policies for statement in policy["Statement"])
    return Difference(
        added=tuple(one for one in verdicts if one.denied and not one.denied_by_us),
        removed=tuple(one for one in verdicts if one.denied_by_us and not one.denied),
        kept=tuple(one for one in verdicts if one.denied_by_us and one.denied),
        in_force=tuple(dict.fromkeys(one.attached.called for one in own)),
        rewritten=before != after,
    )


def _canonical(value: Any) -> str:
    """The same text for statements that say the same, in whatever order."""
    if isinstance(value, Mapping):
        return json.dumps({key: _canonical(inner) for key, inner in value.items()}, sort_keys=True)
    return json.dumps(sorted(map(str, value if isinstance(value, list) else [value])))
