"""The overview: what changed, where the gap is between allowed and used, and whether to trust it."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana import board, changed, gap, marks, trust, variables
from grafana.promql import WATCHED


def dashboard() -> Dashboard:
    """The dashboard."""
    who = board.Identity(
        board.OVERVIEW,
        "overview",
        "What changed in the use of services, what organizations allow and nobody uses, and how fresh that "
        "is, from AWS access reports.",
    )
    chosen = [
        variables.datasource(),
        variables.organization(),
        variables.watched(),
        variables.regions(),
        variables.landing(),
    ]
    gaps = [gap.accounts(), gap.units(), gap.closable(), gap.share()]
    ranked = [gap.by_unit(), gap.accounts_widest(), gap.by_group(), gap.over_time(), gap.share_over_time()]
    places = [gap.regions(), gap.elsewhere(), gap.by_policy("Through single SCPs", 24)]
    return board.board(
        who,
        chosen,
        (
            (
                "What changed?",
                [
                    changed.told(WATCHED),
                    changed.scps(),
                    changed.over_time(),
                    changed.news("What is new", WATCHED),
                ],
            ),
            ("Where is the gap?", [*gaps, *ranked, *places]),
            (
                "Can I trust it?",
                [
                    trust.health(12),
                    trust.oldest("Oldest report", 12),
                    trust.states("Reports by state", 12),
                    trust.ages(),
                    trust.failing(),
                ],
            ),
        ),
        [marks.of_units()],
    )
