"""AWS tells our own secrets, in every way there is to write them: nowhere may one be seen.

Each way is an organization of its own, with an AWS of its own that answers with that text. One program serves
all of them, each command asks them; everything that leaves is looked through.
"""

import base64
import contextlib
import html
import json
import subprocess
import sys
from urllib.parse import quote

import pytest

from exporter.simulator import Fault, FaultKind, SimulationOptions, start
from tests.end_to_end.conftest import configuration, environment, organization, running, wait_for

TOKEN = "IQoJb3JpZ2luX2VjEHoaCXVzLWVhc3QtMSJHMEUCIQDa+/k9xQ2fYtR7uPq0vLmZ3WsN8bKcD4eHgJ6iOaTz1yE5rXwVnBmQ"
KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzKEY012345"
EXTERNAL_ID = "canary-external-id-4711"
PROXY = "canary/pass@word"
AGENT = "canary-agent-token-0815"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl"
ACCESS_KEY = "ASIACANARYCANARYCANA"

LISTING, JOB = "ListRoots", "GetOrganizationsAccessReport"
_CANONICAL = (
    f"POST\n/\n\nhost:x\nx-amz-date:20261126T000000Z\nx-amz-security-token:{TOKEN}\n\nhost;x-amz-date\n0"
)
_SPLIT = "\n   ".join(TOKEN[at : at + 20] for at in range(0, len(TOKEN), 20))

# What an error says.
TOLD = {
    "as it is": f"bad token {TOKEN}",
    "the key": f"the secret {KEY} is not that of {ACCESS_KEY}",
    "in bytes": f"Invalid header value {(TOKEN + chr(10)).encode()!r}",
    "in a URL": f"https://x/?X-Amz-Security-Token={quote(TOKEN, safe='')}&X-Amz-Signature=c4",
    "in base64": f"got {base64.b64encode(TOKEN.encode()).decode()}",
    "in base64 with a user": f"Basic {base64.b64encode(f'user:{PROXY}'.encode()).decode()}",
    "in hexadecimal digits": f"got {KEY.encode().hex()}",
    "in JSON": json.dumps({"SessionToken": TOKEN, "SecretAccessKey": KEY}),
    "in XML": f"<SecretAccessKey>{html.escape(KEY)}</SecretAccessKey>",
    "broken over lines": f"got {_SPLIT}",
    "cut off": f"got {TOKEN[:60]}…",
    "canonical request": f"The Canonical String for this request should have been\n'{_CANONICAL}'",
    "signed header": f"Authorization: AWS4-HMAC Credential={ACCESS_KEY}/x, Signature={KEY.encode().hex()}",
    "external id": f"the condition sts:ExternalId={EXTERNAL_ID} is not met by {EXTERNAL_ID}",
    "proxy": f"cannot reach http://me:{PROXY}@proxy:3128/ with {PROXY}",
    "agent": f"agent refused {AGENT}",
    "web identity": f"token {JWT} is over",
}

PATHS = ("/", "/metrics", "/config", "/-/ready", "/api/v1/entities", "/sd", "/probe?target=r-x", "/news")
CANARIES = (
    TOKEN[:24],
    TOKEN[30:54],
    TOKEN[-24:],
    quote(TOKEN, safe="")[:30],
    base64.b64encode(TOKEN.encode()).decode()[:24],
    base64.b64encode(f"user:{PROXY}".encode()).decode()[8:],
    KEY[:20],
    KEY[-20:],
    KEY.encode().hex()[:24],
    EXTERNAL_ID,
    PROXY,
    AGENT,
    JWT[21:],
    ACCESS_KEY,
    "hunter2canary",
)


def seen(text):
    """The canaries in a text, however it is broken over lines."""
    whole = "".join(text.split()).replace("\\n", "")
    return [canary for canary in CANARIES if canary in text or canary in whole]


def fault(number, message):
    """Where it is told: by a listing, a failed job, IAM, a page that is no answer, in an error's code."""
    match number % 5:
        case 0:
            code = "InvalidSignatureException"
            return Fault(FaultKind.ERROR, LISTING, times=0, status=400, code=code, message=message)
        case 1:
            return Fault(FaultKind.FAILED, times=0, code="INTERNAL", message=message)
        case 2:
            code = "SignatureDoesNotMatch"
            return Fault(FaultKind.ERROR, JOB, times=0, status=403, code=code, message=message)
        case 3:
            return Fault(FaultKind.ANSWER, LISTING, times=0, status=200, body=message)
        case _:
            code = message.replace(" ", "")
            return Fault(FaultKind.ERROR, LISTING, times=0, status=400, code=code, message=message)


@pytest.fixture(scope="module")
def clouds():
    """Of each way an organization's endpoint."""
    with contextlib.ExitStack() as stack:
        made = {}
        for number, (way, message) in enumerate(TOLD.items()):
            aws = stack.enter_context(start(SimulationOptions(accounts=1, ous=1, speed=300, seed=number)))
            aws.simulation.faults.add(fault(number, message))
            made[way.replace(" ", "-")] = aws
        yield made


def written(clouds, folder):
    """The configuration, with the external id in it."""
    path = folder / "config.yml"
    ways = [organization(way, aws.url) for way, aws in clouds.items()]
    role = {"role_arn": "arn:aws:iam::111122223333:role/r", "external_id": EXTERNAL_ID}
    path.write_text(configuration(*ways, organization("in-role", next(iter(clouds.values())).url, **role)))
    return path


SURROUNDINGS = {
    "AWS_ACCESS_KEY_ID": f"{ACCESS_KEY}\n",
    "AWS_SECRET_ACCESS_KEY": f"{KEY}\r\n",
    "AWS_SESSION_TOKEN": f" {TOKEN}\n",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": AGENT,
    "HTTPS_PROXY": f"http://user:{PROXY}@127.0.0.1:9",
    "NO_PROXY": "127.0.0.1",
}


def ran(folder, *arguments):
    """All that a command says, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "exporter", *arguments],
        env=environment(folder) | SURROUNDINGS,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def down(program):
    """The organizations of which the log has told a reason."""
    lines = program.logged("event=(organization.down|report.failed) ")
    return {line.split("organization=")[1].split()[0] for line in lines}


@pytest.mark.slow
def test_the_daemon_tells_no_secret_whatever_aws_says(clouds, tmp_path):
    state = tmp_path / "state.db"
    arguments = [
        "serve",
        "--web.listen-address=127.0.0.1:0",
        f"--config.file={written(clouds, tmp_path)}",
        f"--state.url=sqlite:///{state}",
        "--log.level=debug",
    ]
    with running(tmp_path, *arguments, surroundings=SURROUNDINGS) as program:
        program.wait_until_listening()
        wait_for(lambda: len(down(program)) >= len(TOLD), "every way to be met")
        told = {path: program.get(path)[1] for path in PATHS}
        program.stop()
    assert state.exists()
    found = {path: seen(text) for path, text in told.items()} | {"log": seen("\n".join(program.log))}
    for file in tmp_path.glob("state.db*"):
        found[file.name] = seen(file.read_bytes().decode("latin-1"))
    assert {place: canaries for place, canaries in found.items() if canaries} == {}
    assert "<secret>" in "\n".join(program.log)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check-aws", "report", "recommend"])
def test_no_command_tells_one(clouds, tmp_path, command):
    file = f"--config.file={written(clouds, tmp_path)}"
    common = (command, file, "--quiet", "--timeout=5s")
    if command == "check-aws":
        outcomes = {form: ran(tmp_path, *common, "--output", form) for form in ("json", "table")}
    else:
        few = list(clouds.items())[:5]  # one of each place in which it is told
        roots = {way: aws.simulation.organization.root.id for way, aws in few}
        outcomes = {
            way: ran(tmp_path, *common, f"--organization={way}", f"--entity={root}")
            for way, root in roots.items()
        }
    assert {way: seen(text) for way, (_, text) in outcomes.items() if seen(text)} == {}
    assert any(code for code, _ in outcomes.values())


def test_the_canaries_would_be_seen():
    assert all(seen(message) for message in TOLD.values())
