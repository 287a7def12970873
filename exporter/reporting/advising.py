"""What is recommended for the entities that were reported on."""

import time
from collections.abc import Sequence

from exporter.aws import AwsOrganization
from exporter.config import protected
from exporter.errors import AwsError, CredentialsError, UserError
from exporter.model import Entity, EntityType
from exporter.output import Leaf, Reading
from exporter.recommend import UNUSED_FOR, Case, Recommendation, Wish, recommend, shared
from exporter.reporting.case import Question, placed
from exporter.reporting.request import Request
from exporter.reporting.tree import Tree


class Advising:
    """Asks AWS for what a recommendation needs beside a report; of many entities each listing once."""

    def __init__(self, request: Request, aws: AwsOrganization) -> None:
        self._request = request
        self._aws = aws
        self._question = Question(request.organization, quiet=request.quiet)
        self._tree: Tree | None = None

    def leaves(self, readings: Sequence[Reading]) -> list[Leaf]:
        """Each report with its recommendation, or why there is none."""
        cases = [self._case(reading) for reading in readings]
        evidence = iter(shared([case for case in cases if isinstance(case, Case)]))
        advice = [case if isinstance(case, str) else self._advice(next(evidence)) for case in cases]
        return [Leaf(*both) for both in zip(readings, advice, strict=True)]

    def _case(self, reading: Reading) -> Case | str:
        entity = reading.entity
        why = self._excluded(reading, entity)
        if why or entity is None:
            return why
        try:
            return self._placed(Case(entity, reading.report, asked=time.time()))
        except CredentialsError:
            raise
        except (AwsError, UserError) as error:
            return _none(error)

    def _advice(self, case: Case) -> Recommendation | str:
        protect, remarks = protected(self._request.protections, time.time())
        try:
            return recommend(case, Wish(UNUSED_FOR, protect=protect, remarks=remarks))
        except ValueError as error:
            return _none(error)

    def _excluded(self, reading: Reading, entity: Entity | None) -> str:
        if entity is None or reading.subject.policy_id:
            return "A policy is recommended by a report on an entity as all of its SCPs allow."
        if not self._request.paging.whole:
            return "A policy is recommended by whole reports alone, and this is a page of one."
        if entity.type is EntityType.MANAGEMENT_ACCOUNT:
            return "No SCP binds the management account."
        if self._request.selection.all_accounts and entity.type is EntityType.ACCOUNT:
            return f"A policy for one account: org-access-exporter recommend --entity {entity.id}"
        return ""

    def _placed(self, case: Case) -> Case:
        if not self._request.selection.many:
            return placed(self._question, self._aws, case)
        if self._tree is None:
            self._tree = Tree.read(self._question, self._aws, self._aws.discover())
        return self._tree.placed(case)


def _none(error: Exception) -> str:
    return f"No policy is recommended: {error}."
