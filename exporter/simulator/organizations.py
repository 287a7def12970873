"""The read operations of AWS Organizations, in its JSON 1.1 protocol."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from exporter.model import Entity, EntityType
from exporter.simulator.messages import Answer, Caller, Refusal
from exporter.simulator.options import SimulationOptions
from exporter.simulator.organization import ControlPolicy, Organization

_JSON = "application/x-amz-json-1.1"
_MOST = 20  # the most that MaxResults may ask for
_SCP = "SERVICE_CONTROL_POLICY"
_ACCOUNTS = EntityType.ACCOUNT, EntityType.MANAGEMENT_ACCOUNT
_OLD_STATUS = {"CLOSED": "SUSPENDED", "PENDING_ACTIVATION": "ACTIVE"}

Item = dict[str, Any]
Parameters = Mapping[str, Any]


class _List(NamedTuple):
    """A list operation: the answer's field, what there is to list, and how one of it is shown."""

    key: str
    find: Callable[[Parameters], Sequence[Any]]
    show: Callable[[Any], Item]


class Directory:
    """Answers about one organization; ``options`` say how AWS presents it."""

    def __init__(self, organization: Organization, options: SimulationOptions) -> None:
        self._organization = organization
        self._options = options
        self._own = organization.management_account.id
        self._scps = options.scps_enabled and options.all_features
        self._all_accounts = list(organization.accounts())
        self._lists: Mapping[str, _List] = {
            "ListRoots": _List("Roots", self._roots, self._root),
            "ListAccounts": _List("Accounts", self._accounts, self._account),
            "ListAccountsForParent": _List("Accounts", self._accounts_below, self._account),
            "ListOrganizationalUnitsForParent": _List("OrganizationalUnits", self._units_below, self._unit),
            "ListChildren": _List("Children", self._children, _reference),
            "ListParents": _List("Parents", self._parents, _reference),
            "ListPolicies": _List("Policies", self._policies, self._summary),
            "ListPoliciesForTarget": _List("Policies", self._policies_on, self._summary),
            "ListTargetsForPolicy": _List("Targets", self._targets, self._target),
            "ListDelegatedAdministrators": _List("DelegatedAdministrators", lambda _: (), self._account),
        }
        self._descriptions: Mapping[str, tuple[str, Callable[[Parameters], Item]]] = {
            "DescribeOrganization": ("Organization", self._describe),
            "DescribeAccount": ("Account", self._describe_account),
            "DescribeOrganizationalUnit": ("OrganizationalUnit", self._describe_unit),
            "DescribePolicy": ("Policy", self._describe_policy),
        }

    def answer(self, operation: str, caller: Caller, parameters: Parameters) -> Answer:
        """One call's answer; raises Refusal."""
        self._admit(operation, caller)
        if operation in self._lists:
            return _answer(self._page(operation, self._lists[operation], parameters))
        if operation in self._descriptions:
            key, describe = self._descriptions[operation]
            return _answer({key: describe(parameters)})
        raise _denied(f"The simulated organization cannot be changed: it has no {operation}.")

    def _admit(self, operation: str, caller: Caller) -> None:
        """Members may look at the organization, only its management account into it."""
        if caller.account_id == self._own:
            return
        member = self._organization.entities.get(caller.account_id)
        if member is None:
            raise Refusal(
                400, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization."
            )
        if operation != "DescribeOrganization":
            raise _denied("You don't have permissions to access this resource.")

    def _page(self, operation: str, listed: _List, parameters: Parameters) -> Item:
        found = listed.find(parameters)
        size = min(_max_results(parameters), self._options.organization_page_limit)
        token = parameters.get("NextToken")
        if token is None and self._options.empty_pages:
            return {listed.key: [], "NextToken": _token(operation, 0)}
        start = 0 if token is None else _read_token(operation, token)
        page: Item = {listed.key: [listed.show(one) for one in found[start : start + size]]}
        if start + size < len(found):
            page["NextToken"] = _token(operation, start + size)
        return page

    def _describe(self, _: Parameters) -> Item:
        management = self._organization.management_account
        organization = self._organization
        types = [{"Type": _SCP, "Status": "ENABLED"}] if self._scps else []
        return {
            "Id": organization.id,
            "Arn": self._arn(f"organization/{organization.id}"),
            "FeatureSet": "ALL" if self._options.all_features else "CONSOLIDATED_BILLING",
            "MasterAccountArn": self._arn(f"account/{organization.id}/{management.id}"),
            "MasterAccountId": management.id,
            "MasterAccountEmail": _email(management),
            "AvailablePolicyTypes": types,
        }

    def _roots(self, _: Parameters) -> Sequence[Entity]:
        return [self._organization.root]

    def _accounts(self, _: Parameters) -> Sequence[Entity]:
        return self._all_accounts

    def _accounts_below(self, parameters: Parameters) -> Sequence[Entity]:
        return [child for child in self._below(parameters) if child.type in _ACCOUNTS]

    def _units_below(self, parameters: Parameters) -> Sequence[Entity]:
        return [child for child in self._below(parameters) if child.type not in _ACCOUNTS]

    def _children(self, parameters: Parameters) -> Sequence[Entity]:
        if _required(parameters, "ChildType") == "ACCOUNT":
            return self._accounts_below(parameters)
        return self._units_below(parameters)

    def _parents(self, parameters: Parameters) -> Sequence[Entity]:
        child = self._organization.entities.get(_required(parameters, "ChildId"))
        if child is None or not child.parent_id:
            raise Refusal(400, "ChildNotFoundException", "You specified a child that doesn't exist.")
        return [self._organization.entities[child.parent_id]]

    def _policies(self, parameters: Parameters) -> Sequence[ControlPolicy]:
        return _of_type(parameters, list(self._organization.policies.values()))

    def _policies_on(self, parameters: Parameters) -> Sequence[ControlPolicy]:
        attached = self._organization.attachments.get(_required(parameters, "TargetId"))
        if attached is None:
            raise Refusal(400, "TargetNotFoundException", "You specified a target that doesn't exist.")
        return _of_type(parameters, [self._organization.policies[one] for one in attached])

    def _targets(self, parameters: Parameters) -> Sequence[Entity]:
        policy = self._policy(parameters)
        attached = self._organization.attachments.items()
        return [self._organization.entities[target] for target, ids in attached if policy.id in ids]

    def _root(self, root: Entity) -> Item:
        types = [{"Type": _SCP, "Status": "ENABLED"}] if self._scps else []
        return {"Id": root.id, "Arn": self._entity_arn(root), "Name": root.name, "PolicyTypes": types}

    def _target(self, target: Entity) -> Item:
        return {
            "TargetId": target.id,
            "Arn": self._entity_arn(target),
            "Name": target.name,
            "Type": _type(target),
        }

    def _describe_account(self, parameters: Parameters) -> Item:
        account = self._organization.entities.get(_required(parameters, "AccountId"))
        if account is None or account.type not in _ACCOUNTS:
            raise Refusal(400, "AccountNotFoundException", "You specified an account that doesn't exist.")
        return self._account(account)

    def _describe_unit(self, parameters: Parameters) -> Item:
        unit = self._organization.entities.get(_required(parameters, "OrganizationalUnitId"))
        if unit is None or unit.type is not EntityType.ORGANIZATIONAL_UNIT:
            raise Refusal(
                400, "OrganizationalUnitNotFoundException", "You specified an OU that doesn't exist."
            )
        return self._unit(unit)

    def _describe_policy(self, parameters: Parameters) -> Item:
        policy = self._policy(parameters)
        return {"PolicySummary": self._summary(policy), "Content": policy.content}

    def _below(self, parameters: Parameters) -> Sequence[Entity]:
        parent = self._organization.entities.get(_required(parameters, "ParentId"))
        if parent is None or parent.type in _ACCOUNTS:
            raise Refusal(400, "ParentNotFoundException", "You specified a parent that doesn't exist.")
        return self._organization.children.get(parent.id, ())

    def _policy(self, parameters: Parameters) -> ControlPolicy:
        policy = self._organization.policies.get(_required(parameters, "PolicyId"))
        if policy is None:
            raise Refusal(400, "PolicyNotFoundException", "You specified a policy that doesn't exist.")
        return policy

    def _account(self, account: Entity) -> Item:
        item: Item = {
            "Id": account.id,
            "Arn": self._entity_arn(account),
            "Email": _email(account),
            "Name": account.name,
            "JoinedMethod": "INVITED" if account.id == self._own else "CREATED",
            "JoinedTimestamp": round(self._organization.joined[account.id], 3),
        }
        if self._options.account_state:
            item["State"] = account.state
        if self._options.account_status:
            item["Status"] = _OLD_STATUS.get(account.state, account.state)
        if self._options.paths:
            whole = self._options.account_paths_end_with_account
            item["Paths"] = [f"{account.path if whole else account.path.rpartition('/')[0]}/"]
        return item

    def _unit(self, unit: Entity) -> Item:
        item: Item = {"Id": unit.id, "Arn": self._entity_arn(unit), "Name": unit.name}
        if self._options.paths:
            item["Path"] = f"{unit.path}/"
        return item

    def _summary(self, policy: ControlPolicy) -> Item:
        return {
            "Id": policy.id,
            "Arn": self._policy_arn(policy),
            "Name": policy.name,
            "Description": policy.description,
            "Type": _SCP,
            "AwsManaged": policy.aws_managed,
        }

    def _policy_arn(self, policy: ControlPolicy) -> str:
        if policy.aws_managed:
            return f"arn:{self._organization.partition}:organizations::aws:policy/{_SCP.lower()}/{policy.id}"
        return self._arn(f"policy/{self._organization.id}/{_SCP.lower()}/{policy.id}")

    def _entity_arn(self, entity: Entity) -> str:
        kinds = {EntityType.ROOT: "root", EntityType.ORGANIZATIONAL_UNIT: "ou"}
        return self._arn(f"{kinds.get(entity.type, 'account')}/{self._organization.id}/{entity.id}")

    def _arn(self, resource: str) -> str:
        return f"arn:{self._organization.partition}:organizations::{self._own}:{resource}"


def error_answer(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An error as Organizations gives it."""
    body = json.dumps({"__type": code, "Message": message}).encode()
    return Answer(status, _JSON, body, {**(headers or {}), "x-amzn-errortype": code})


def _answer(content: Item) -> Answer:
    return Answer(200, _JSON, json.dumps(content).encode())


def _of_type(parameters: Parameters, policies: Sequence[ControlPolicy]) -> Sequence[ControlPolicy]:
    return policies if _required(parameters, "Filter") == _SCP else []


def _reference(entity: Entity) -> Item:
    return {"Id": entity.id, "Type": _type(entity)}


def _type(entity: Entity) -> str:
    return "ACCOUNT" if entity.type in _ACCOUNTS else entity.type.value


def _email(account: Entity) -> str:
    return f"aws+{account.id}@example.com"


def _denied(message: str) -> Refusal:
    return Refusal(400, "AccessDeniedException", message)


def _invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidInputException", message)


def _required(parameters: Parameters, name: str) -> str:
    value = parameters.get(name)
    if not isinstance(value, str) or not value:
        raise _invalid(f"You must specify a value for {name}.")
    return value


def _max_results(parameters: Parameters) -> int:
    wanted = parameters.get("MaxResults", _MOST)
    if not isinstance(wanted, int) or not 1 <= wanted <= _MOST:
        raise _invalid(f"MaxResults must be between 1 and {_MOST}.")
    return wanted


def _token(operation: str, start: int) -> str:
    return base64.urlsafe_b64encode(f"{operation}/{start}".encode()).decode()


def _read_token(operation: str, token: str) -> int:
    try:
        source, _, start = base64.urlsafe_b64decode(token.encode()).decode().partition("/")
        if source == operation:
            return int(start)
    except (binascii.Error, ValueError, AttributeError):
        pass
    raise _invalid("You provided a NextToken that is not valid.")
