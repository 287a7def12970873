"""The plan for people: a table of what is closed, the order, the way back, what to watch."""

from collections.abc import Iterator

from exporter.plan.commands import back, forward
from exporter.plan.placement import Placement, Plan
from exporter.plan.proof import Proof
from exporter.plan.steps import Step, steps

_NAMED = 12  # services in a cell
_HEADS = (
    "entity",
    "accounts",
    "denies here",
    "denied above",
    "closes (services x accounts)",
    "SCPs afterwards",
    "services",
)
_WATCH = """\
## What to watch afterwards

Whoever is refused by a service control policy stands in CloudTrail within a quarter of an hour. In CloudTrail
Lake, with the id of the event data store in the place of EVENT_DATA_STORE (in Athena the columns are
`eventtime`, `recipientaccountid`, `eventsource`, `eventname`, `useridentity.arn` and `errormessage`):

```sql
SELECT eventSource, eventName, recipientAccountId, userIdentity.arn,
       count(*) AS refused, max(eventTime) AS last
FROM EVENT_DATA_STORE
WHERE errorMessage LIKE '%explicit deny in a service control policy%'
  AND eventTime > date_add('day', -1, now())
GROUP BY eventSource, eventName, recipientAccountId, userIdentity.arn
ORDER BY refused DESC
```
"""


def page(planned: Plan, proof: Proof) -> str:
    """In Markdown."""
    parts = (_table(planned), _order(planned), _rollback(planned), [_WATCH], _remarks(planned))
    head = ["# Service control policies for the organization", "", summary(planned, proof), ""]
    return "\n".join([*head, *(line for part in parts for line in part)])


def summary(planned: Plan, proof: Proof) -> str:
    """In two sentences."""
    entities = _several(sum(bool(one.services) for one in planned.placements), "entity", "entities")
    policies = _several(planned.policies, "policy", "policies")
    looked = f"{_several(proof.uses, 'use', 'uses')} on {_several(proof.entities, 'entity', 'entities')}"
    closes = "closes" if planned.policies == 1 else "close"
    return (
        f"{policies} on {entities} {closes} {planned.pairs:,} pairs of service and account. "
        f"Nothing in use is denied: {looked} looked at."
    )


def _table(planned: Plan) -> Iterator[str]:
    yield "## What each entity closes"
    yield ""
    yield f"| {' | '.join(_HEADS)} |"
    yield f"| --- |{' ---: |' * (len(_HEADS) - 2)} --- |"
    for one in planned.placements:
        yield f"| {' | '.join(_cells(one))} |"
    yield ""


def _cells(one: Placement) -> Iterator[str]:
    more = len(one.services) - _NAMED
    yield "&nbsp;&nbsp;" * one.entity.depth + _plain(one.called)
    for count in (len(one.found.case.members), len(one.services), one.above, one.pairs, one.attached):
        yield f"{count:,}"
    yield ", ".join(one.services[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _order(planned: Plan) -> Iterator[str]:
    yield "## In this order"
    yield ""
    yield "One step, a look at who is refused (below), then the next. Commands are run in this directory."
    for step in steps(planned):
        yield ""
        yield from _step(step)
    yield ""


def _step(step: Step) -> Iterator[str]:
    one = step.placement
    yield f"{step.number}. **{_plain(one.called)}**: {_plain(step.why)}"
    if step.gives_back:
        yield f"   Gives back, since it is denied above: {', '.join(step.gives_back)}"
    yield ""
    yield "   ```sh"
    yield from (f"   {command}" for command in forward(step))
    yield "   ```"


def _rollback(planned: Plan) -> Iterator[str]:
    yield "## The way back"
    yield ""
    yield "A change takes effect within minutes. The newest step first:"
    yield ""
    yield "```sh"
    for step in reversed(steps(planned)):
        yield f"# step {step.number}"
        yield from back(step)
    yield "```"
    yield ""


def _remarks(planned: Plan) -> Iterator[str]:
    told = [*planned.notes(), *(f"not judged: {why}" for why in planned.missing.values())]
    if told:
        yield "## To keep in mind"
        yield ""
        yield from (f"- {_plain(note)}" for note in told)
        yield ""


def _plain(text: str) -> str:
    """On one line, and no cell of a table ends in it."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _several(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
