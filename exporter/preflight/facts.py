"""What the answers to a few calls say, each call made once."""

from collections.abc import Mapping
from typing import Any

from exporter.aws import SCP, Prober
from exporter.errors import AwsError, CredentialsError, TransitError

FULL_ACCESS = "p-FullAWSAccess"  # AWS's own: every organization with SCPs has it


class Facts:
    """Asks for what is needed when it is needed; an answer or error is kept.

    What one call does not tell because it is denied, another may: an account's path has the root in it too.
    """

    def __init__(self, prober: Prober, account_id: str) -> None:
        self._prober = prober
        self._account_id = account_id
        self._outcomes: dict[str, Mapping[str, Any] | AwsError] = {}
        self._lost: list[AwsError] = []

    def outcome(self, action: str) -> Mapping[str, Any] | AwsError | None:
        """The answer to the call behind a permission, or why there is none; None: it cannot be asked."""
        if action not in self._outcomes:
            parameters = self._parameters(action)
            if parameters is None:
                return None
            self._outcomes[action] = self._asked(action, parameters)
        return self._outcomes[action]

    def _asked(self, action: str, parameters: dict[str, Any]) -> Mapping[str, Any] | AwsError:
        """Nothing more is asked once the credentials are refused, or two calls in a row went astray.

        Each of them takes half a minute where nobody answers.
        """
        if self._lost and (len(self._lost) > 1 or isinstance(self._lost[0], CredentialsError)):
            return self._lost[-1]
        try:
            answer = self._prober.call(action, **parameters)
        except AwsError as error:
            self._lost = [*self._lost, error] if isinstance(error, (CredentialsError, TransitError)) else []
            return error
        self._lost = []
        return answer

    def answer(self, action: str) -> Mapping[str, Any]:
        """The answer; empty if there is none."""
        outcome = self.outcome(action)
        return outcome if isinstance(outcome, Mapping) else {}

    @property
    def organization(self) -> Mapping[str, Any]:
        """DescribeOrganization's answer; empty if it has none."""
        return self.answer("organizations:DescribeOrganization").get("Organization") or {}

    @property
    def root(self) -> Mapping[str, Any]:
        """The first of ListRoots; empty if there is none."""
        roots = self.answer("organizations:ListRoots").get("Roots")
        return dict(roots[0]) if roots else {}

    @property
    def root_path(self) -> str:
        """``o-…/r-…``, from whatever tells it; empty if nothing does."""
        arn = str(self.root.get("Arn") or "")
        if "root/" in arn:
            return arn.partition("root/")[2]
        paths = self._paths
        return "/".join(paths[0].split("/")[:2]) if paths else ""

    @property
    def tells_paths(self) -> bool:
        """AWS tells the accounts' paths when it lists them."""
        return bool(self._paths)

    @property
    def _paths(self) -> list[str]:
        accounts = self.answer("organizations:ListAccounts").get("Accounts") or ()
        return [path for account in accounts for path in account.get("Paths") or ()]

    def _parameters(self, action: str) -> dict[str, Any] | None:
        """What to ask with, so that only the permission decides; None if that is not known."""
        operation = action.partition(":")[2]
        if operation in {"DescribeOrganization", "ListAccounts", "ListRoots"}:
            return {}
        if operation == "ListPolicies":
            return {"Filter": SCP}
        if operation in {"DescribePolicy", "ListTargetsForPolicy"}:
            return {"PolicyId": FULL_ACCESS}
        if operation == "ListParents":
            child = self._account_id or str(self.organization.get("MasterAccountId") or "")
            return {"ChildId": child} if child else None
        root_id = self.root_path.partition("/")[2]
        return _below(operation, root_id) if root_id else None


def _below(operation: str, root_id: str) -> dict[str, Any] | None:
    return {
        "ListAccountsForParent": {"ParentId": root_id},
        "ListChildren": {"ParentId": root_id, "ChildType": "ACCOUNT"},
        "ListOrganizationalUnitsForParent": {"ParentId": root_id},
        "ListPoliciesForTarget": {"TargetId": root_id, "Filter": SCP},
    }.get(operation)
