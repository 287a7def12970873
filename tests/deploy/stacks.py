"""As much of CloudFormation as ``aws cloudformation deploy`` asks for.

It looks at what it is given, and makes nothing. moto's needs a dozen libraries more.
"""

import contextlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

_ANSWER = "<{0}Response><{0}Result>{1}</{0}Result></{0}Response>"
_REFUSED = "<ErrorResponse><Error><Code>ValidationError</Code><Message>{}</Message></Error></ErrorResponse>"
_STACK = (
    "<Stacks><member><StackName>{}</StackName><StackStatus>CREATE_COMPLETE</StackStatus>"
    "<CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>"
)


class RefusedError(Exception):
    """What AWS would not make a stack of."""


@dataclass
class Stacks:
    """The parameters of each stack that was made, by its name."""

    url: str = ""
    planned: dict[str, dict[str, str]] = field(default_factory=dict)
    made: dict[str, dict[str, str]] = field(default_factory=dict)

    def answer(self, asked):
        """The result of an operation; raises RefusedError."""
        operation, name = asked["Action"], asked.get("StackName", "")
        if operation == "DescribeStacks":
            if name not in self.made:
                raise RefusedError(f"Stack with id {name} does not exist")
            return _STACK.format(name)
        if operation == "CreateChangeSet":
            self.planned[name] = checked(asked)
            return f"<Id>change</Id><StackId>{name}</StackId>"
        if operation == "DescribeChangeSet":
            return "<Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>"
        if operation == "ExecuteChangeSet":
            self.made[name] = self.planned.pop(name)
            return ""
        raise RefusedError(f"unknown operation {operation}")


def checked(asked):
    """The parameters of a template, given as it declares them and with the leave that it needs."""
    from cfnlint.decode import cfn_yaml  # noqa: PLC0415 - takes a second, of whoever collects the tests too

    template = cfn_yaml.loads(asked["TemplateBody"])
    declared = template.get("Parameters", {})
    given = dict(_members(asked, "Parameters.member", "ParameterKey", "ParameterValue"))
    if unknown := given.keys() - declared.keys():
        raise RefusedError(f"Parameters: {sorted(unknown)} do not exist in the template")
    if missing := {key for key, item in declared.items() if "Default" not in item} - given.keys():
        raise RefusedError(f"Parameters: {sorted(missing)} must have values")
    for key, value in given.items():
        allowed = declared[key].get("AllowedValues")
        if allowed and value not in map(str, allowed):
            raise RefusedError(f"Parameter {key} must be one of {allowed}")
    roles = any(item["Type"] == "AWS::IAM::Role" for item in template["Resources"].values())
    if roles and asked.get("Capabilities.member.1") != "CAPABILITY_NAMED_IAM":
        raise RefusedError("Requires capabilities : [CAPABILITY_NAMED_IAM]")
    return given


def _members(asked, prefix, *names):
    number = 1
    while f"{prefix}.{number}.{names[0]}" in asked:
        yield tuple(asked.get(f"{prefix}.{number}.{name}", "") for name in names)
        number += 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = {key: values[0] for key, values in parse_qs(body, keep_blank_values=True).items()}
        try:
            self._send(200, _ANSWER.format(asked["Action"], self.server.stacks.answer(asked)))
        except RefusedError as error:
            self._send(400, _REFUSED.format(error))

    def _send(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def stacks():
    """A CloudFormation on loopback, without a stack."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.stacks = Stacks(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            yield server.stacks
        finally:
            server.shutdown()
            thread.join()
