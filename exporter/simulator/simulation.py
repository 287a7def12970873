"""One simulated AWS: takes requests, finds who asks what, and lets go wrong what shall go wrong."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from exporter.services import service_names
from exporter.simulator import iam, organizations
from exporter.simulator.activity import Activity
from exporter.simulator.faults import DAMAGES, DELAYS, REPLACEMENTS, Fault, FaultKind, Faults, Throttle
from exporter.simulator.founding import found
from exporter.simulator.jobs import Desk, SimulatedJob
from exporter.simulator.messages import Answer, Caller, CallLog, Refusal, Request, SimulatedCall
from exporter.simulator.names import hostile
from exporter.simulator.options import SimulationOptions
from exporter.simulator.organization import Organization
from exporter.simulator.reports import NOT_AUTHORIZED, Content, Failure, Reports, read_for_a_job
from exporter.simulator.tokens import TokenService

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[^/]+/[^/]+/([^/]+)/aws4_request")
_TARGET = "x-amz-target"
_NEVER = 1e-9  # what would come into use within a day does so in three million years
# Not well-formed as XML, as most such pages.
_HTML = (
    "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1><hr></body></html>"
)
_THROTTLED = {
    "organizations": (400, "TooManyRequestsException", "AWS Organizations can't complete your request."),
    "iam": (400, "Throttling", "Rate exceeded"),  # STS says the same
}


class Simulation:
    """The simulated AWS behind an endpoint, and what a test may know about it and do to it.

    ``calls`` tells what was asked, ``faults`` takes what shall go wrong, ``organization`` is the truth about
    the tree, ``denied`` the permissions the callers lack. Safe to use from several threads.
    """

    def __init__(self, options: SimulationOptions) -> None:
        self.options = options
        self.organization = found(options)
        self.calls = CallLog()
        self.faults = Faults()
        names = _christened(service_names()) if options.hostile_names else service_names()
        self.denied = set(options.denied)
        self._reports = Reports(self.organization, names, _activity(options, names, self.organization))
        self._desk = Desk(
            self._services,
            total=len(names),
            seed=options.seed,
            speed=options.speed,
            clock=options.clock,
        )
        self._iam = iam.AccessReports(
            self.organization,
            self._desk,
            self._reports.content,
            self.faults,
            available=options.scps_enabled and options.all_features,
            page_limit=options.page_limit,
            clock=options.clock,
        )
        self._directory = organizations.Directory(self.organization, options)
        self._throttle = Throttle(speed=options.speed, clock=options.clock) if options.throttles else None
        self._tokens = TokenService(self._callers_account())

    def _services(self, entity_path: str, policy_id: str) -> frozenset[str] | Failure:
        """What a report will list. AWS reads the organization with the caller's permissions to make it."""
        if self.denied & read_for_a_job(entity_path, policy_id):
            return NOT_AUTHORIZED
        return self._reports.services(entity_path, policy_id)

    def _callers_account(self) -> str:
        if self.options.caller_is_management:
            return self.organization.management_account.id
        return next(self.organization.member_accounts(self.organization.root)).id

    def truth(self, entity_path: str, policy_id: str = "", at: float | None = None) -> Content:
        """What a report created ``at`` (Unix seconds; now if None) says; LookupError if it would fail."""
        return self._reports.content(entity_path, policy_id, self.options.clock() if at is None else at)

    @property
    def jobs(self) -> tuple[SimulatedJob, ...]:
        """The jobs that were accepted, oldest first."""
        return self._desk.jobs

    def forget(self) -> None:
        """Let the next job be a new one, whatever was asked for within the last minute."""
        self._desk.forget()

    def answer(self, request: Request) -> Answer:
        """What AWS answers, or what came of it on the way."""
        caller = self._caller(request)
        operation = _operation(request)
        delay = self.faults.take(operation, DELAYS)
        answer = self._replaced(caller.api, operation) or self._answered(caller, operation, request)
        answer = self._damaged(operation, answer)
        at = self.options.clock()
        self.calls.add(SimulatedCall(caller.api, operation, at, answer.status, caller.access_key))
        return replace(answer, delay=delay.seconds) if delay else answer

    def _caller(self, request: Request) -> Caller:
        signed = _CREDENTIAL.search(request.headers.get("authorization", ""))
        key, api = (
            signed.groups() if signed else ("", "organizations" if _TARGET in request.headers else "iam")
        )
        token = request.headers.get("x-amz-security-token", "")
        return Caller(key, token, self._tokens.account_of(key), api)

    def _replaced(self, api: str, operation: str) -> Answer | None:
        fault = self.faults.take(operation, REPLACEMENTS)
        if fault:
            return _replacement(fault, api)
        if self._throttle and not self._throttle.admits(operation):
            return _error(api, *_THROTTLED.get(api, _THROTTLED["iam"]))
        return None

    def _answered(self, caller: Caller, operation: str, request: Request) -> Answer:
        try:
            return self._routed(caller, operation, request)
        except Refusal as refusal:
            return _error(caller.api, refusal.status, refusal.code, refusal.message)

    def _routed(self, caller: Caller, operation: str, request: Request) -> Answer:
        if not caller.access_key:
            raise Refusal(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
        if f"{caller.api}:{operation}" in self.denied:
            raise _not_allowed(caller, operation)
        if caller.api == "organizations":
            return self._directory.answer(operation, caller, _parameters(request))
        if caller.api == "iam" and operation in self._iam.operations:
            return self._iam.operations[operation](caller, _form(request))
        if caller.api in {"iam", "sts"}:
            return self._tokens.answer(request, caller.access_key)
        raise Refusal(501, "NotImplemented", f"The simulation does not answer for {caller.api}.")

    def _damaged(self, operation: str, answer: Answer) -> Answer:
        fault = self.faults.take(operation, DAMAGES)
        if fault is None:
            return answer
        half = answer.body[: len(answer.body) // 2]
        match fault.kind:
            case FaultKind.RESET:
                return replace(answer, cut=fault.after or 0)
            case FaultKind.EDITED:
                edited = re.sub(fault.pattern, fault.replacement, answer.body.decode(), flags=re.DOTALL)
                return replace(answer, body=edited.encode())
            case FaultKind.TRUNCATED:
                return replace(answer, body=half)
            case _:
                return replace(answer, body=half + b"<\x00&{")


def _activity(options: SimulationOptions, names: Mapping[str, str], organization: Organization) -> Activity:
    return Activity(
        tuple(names),
        organization.joined,
        seed=options.seed,
        began=options.clock(),
        speed=_NEVER if options.settled else options.speed,
        partition=options.partition,
    )


def _christened(names: Mapping[str, str]) -> Mapping[str, str]:
    return {namespace: hostile(name, number) for number, (namespace, name) in enumerate(names.items())}


def _replacement(fault: Fault, api: str) -> Answer:
    match fault.kind:
        case FaultKind.HTML:
            return Answer(fault.status, "text/html", _HTML.encode())
        case FaultKind.ANSWER:
            kind = "application/x-amz-json-1.1" if api == "organizations" else "text/xml"
            return Answer(fault.status, kind, fault.body.encode())
        case FaultKind.THROTTLE:
            return _error(api, *_THROTTLED.get(api, _THROTTLED["iam"]))
        case _:
            code = fault.code or "ServiceUnavailable"
            return _error(api, fault.status, code, fault.message or "Simulated fault.")


def _not_allowed(caller: Caller, operation: str) -> Refusal:
    action = f"{caller.api}:{operation}"
    who = f"User: arn:aws:iam::{caller.account_id}:user/simulated is not authorized to perform: {action}"
    message = f"{who} because no identity-based policy allows the {action} action"
    if caller.api == "organizations":
        return Refusal(400, "AccessDeniedException", message)
    return Refusal(403, "AccessDenied", message)


def _error(api: str, status: int, code: str, message: str) -> Answer:
    make: Callable[[int, str, str], Answer] = (
        organizations.error_answer if api == "organizations" else iam.error_answer
    )
    return make(status, code, message)


def _operation(request: Request) -> str:
    target = request.headers.get(_TARGET)
    return target.rpartition(".")[2] if target else _form(request).get("Action", "")


def _form(request: Request) -> Mapping[str, str]:
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _parameters(request: Request) -> Mapping[str, object]:
    try:
        parameters = json.loads(request.body or b"{}")
    except ValueError as error:
        raise Refusal(400, "SerializationException", str(error)) from error
    if not isinstance(parameters, dict):
        raise Refusal(400, "SerializationException", "not an object")
    return parameters
