"""A small AWS on loopback, in which every key belongs to somebody and ends.

One TLS server with a certificate of a private CA answers for every name of AWS's, behind a proxy that tunnels
whatever is asked for to it and remembers the names. Beside it, in plain HTTP, what stands where a program
runs: the metadata service of an instance and the agent of a container.
"""

import hashlib
import hmac
import json
import re
import ssl
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import create_connection
from threading import Thread
from urllib.parse import parse_qs, parse_qsl, urlsplit

from cryptography import x509

from tests.web.certificates import Pair

ACCOUNT = "111122223333"
_SIGNED = re.compile(
    r"Credential=([^/]+)/(\d+)/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)"
)
_PORTAL = "/federation/credentials"
_ROLES = "/latest/meta-data/iam/security-credentials/"


class Refusal(Exception):  # noqa: N818 - what AWS calls it
    def __init__(self, status, code, message="told"):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass
class Key:
    arn: str
    token: str
    expires: float
    tagged: bool = False  # its session has transitive tags
    access_key: str = field(default_factory=lambda: f"ASIA{uuid.uuid4().hex[:16].upper()}")
    secret: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def end(self):
        return datetime.fromtimestamp(self.expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Role:
    """Who may have it: a part of the caller's ARN, or ``web`` for a token of the identity provider."""

    by: str = ""
    web: bool = False
    external_id: str | None = None
    tag_session: bool = False


class World:
    """``calls``: (operation, ARN of the caller, Region signed for, host); ``tunnels``: what the proxy saw."""

    def __init__(self, folder):
        self.keys, self.roles, self.calls, self.tunnels = {}, {}, [], []
        self.web_tokens, self.sso_tokens, self.agent_tokens, self.jobs = set(), set(), {"agent-token"}, {}
        self.lifetime = 3600.0
        self.rotating = False
        self.imds_hops = True
        self.refuses_tunnels = 0
        self._kept = {}
        names = [x509.DNSName(name) for name in ("*.amazonaws.com", "*.amazonaws.com.cn", "vpce.internal")]
        regions = ("eu-central-1", "us-east-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1")
        names += [x509.DNSName(f"*.{region}.amazonaws.com") for region in regions]
        names += [x509.DNSName(f"*.{region}.amazonaws.com.cn") for region in regions if region[:2] == "cn"]
        names += [x509.DNSName("iam.us-gov.amazonaws.com"), x509.DNSName("*.us-gov.amazonaws.com")]
        names += [x509.DNSName("portal.sso.us-east-1.amazonaws.com"), x509.DNSName("*.vpce.internal")]
        authority = Pair("Private CA", authority=True, names=()).write(folder, "authority")
        Pair("aws", authority, names=names).write(folder, "aws")
        self.ca = str(folder / "authority.crt")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "aws.crt", folder / "aws.key")
        self._servers = []
        self._aws = self._serve(_Aws, context)
        self.plain = f"http://127.0.0.1:{self._serve(_Aws)}"
        self.agents = f"http://127.0.0.1:{self._serve(_Agents)}"
        self.proxy = f"http://127.0.0.1:{self._serve(_Proxy)}"

    def _serve(self, handler, context=None):
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), {"world": self}))
        server.daemon_threads = True
        if context:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self._servers.append(server)
        return server.server_port

    def close(self):
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def key(self, arn, *, temporary=True, **more):
        expires = time.time() + self.lifetime if temporary else float("inf")
        made = Key(arn, f"token-{uuid.uuid4().hex}" if temporary else "", expires, **more)
        self.keys[made.access_key] = made
        return made

    def session(self, role, name, **more):
        account, role_name = role.split(":")[4], role.rsplit("/", 1)[1]
        return self.key(f"arn:aws:sts::{account}:assumed-role/{role_name}/{name}", **more)

    def kept(self, source, arn, **more):
        """What an agent gives: the same until it is over, or each time another."""
        known = self._kept.get(source)
        if known is None or self.rotating:
            known = self._kept[source] = self.key(arn, **more)
        return known

    def hosts(self):
        """Who was asked for through the proxy, each once, in order."""
        return list(dict.fromkeys(name.partition(":")[0] for name in self.tunnels))

    def callers(self, operation):
        return [arn for name, arn, *_ in self.calls if name == operation]

    # STS

    def assume(self, asked, key):
        role = self.roles.get(asked["RoleArn"])
        allowed = (
            role and role.by and role.by in key.arn and role.external_id in {None, asked.get("ExternalId")}
        )
        if not allowed:
            raise Refusal(403, "AccessDenied", f"{key.arn} is not authorized to perform: sts:AssumeRole")
        if key.tagged and not role.tag_session:
            raise Refusal(403, "AccessDenied", f"{key.arn} is not authorized to perform: sts:TagSession")
        if key.token and int(asked["DurationSeconds"]) > 3600:
            raise Refusal(400, "ValidationError", "exceeds the 1 hour session limit for role chaining")
        return self.session(asked["RoleArn"], asked["RoleSessionName"], tagged=key.tagged)

    def assume_by_token(self, asked):
        role = self.roles.get(asked["RoleArn"])
        if asked["WebIdentityToken"] not in self.web_tokens:
            raise Refusal(400, "InvalidIdentityToken")
        if not role or not role.web:
            raise Refusal(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        return self.session(asked["RoleArn"], asked["RoleSessionName"])

    # signatures

    def signer(self, headers, body):
        """Whose key signed, and for which Region; Refusal for a signature that is not right (SigV4)."""
        found = _SIGNED.search(headers.get("Authorization", ""))
        if not found:
            raise Refusal(403, "MissingAuthenticationToken")
        access_key, day, region, service, names, signature = found.groups()
        key = self.keys.get(access_key)
        if key is None or (headers.get("X-Amz-Security-Token") or "") != key.token:
            raise Refusal(403, "InvalidClientTokenId")
        if key.expires < time.time():
            raise Refusal(403, "ExpiredToken")
        signed = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in names.split(";"))
        request = "\n".join(["POST", "/", "", signed, names, hashlib.sha256(body).hexdigest()])
        scope = f"{day}/{region}/{service}/aws4_request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", headers.get("X-Amz-Date", ""), scope, digest])
        secret = f"AWS4{key.secret}".encode()
        for part in scope.split("/"):
            secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
        if hmac.new(secret, text.encode(), hashlib.sha256).hexdigest() != signature:
            raise Refusal(403, "SignatureDoesNotMatch")
        return key, region


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world: World

    def log_message(self, *_):
        pass

    def say(self, status, text, kind="text/xml"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Aws(_Handler):
    """IAM's two operations, DescribeOrganization, STS, and the portal of SSO."""

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path != _PORTAL or self.headers.get("x-amz-sso_bearer_token") not in self.world.sso_tokens:
            self.say(
                401,
                '{"__type": "UnauthorizedException", "message": "Session token not found or invalid"}',
                "application/json",
            )
            return
        asked = parse_qs(url.query)
        role = f"arn:aws:iam::{asked['account_id'][0]}:role/AWSReservedSSO_{asked['role_name'][0]}"
        key = self.world.session(role, "person")
        given = {
            "accessKeyId": key.access_key,
            "secretAccessKey": key.secret,
            "sessionToken": key.token,
            "expiration": int(key.expires * 1000),
        }
        self.say(200, json.dumps({"roleCredentials": given}), "application/json")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        target = self.headers.get("X-Amz-Target", "")
        asked = json.loads(body) if target else dict(parse_qsl(body.decode()))
        operation = target.rpartition(".")[2] or asked["Action"]
        try:
            text = self._answered(operation, asked, body)
        except Refusal as refusal:
            self._refuse(refusal, told_as_json=bool(target))
        else:
            self.say(200, text)

    def _answered(self, operation, asked, body):
        world = self.world
        if operation == "AssumeRoleWithWebIdentity":
            key, region, caller = world.assume_by_token(asked), "", ""
        else:
            signer, region = world.signer(self.headers, body)
            caller = signer.arn
            key = world.assume(asked, signer) if operation == "AssumeRole" else signer
        world.calls.append((operation, caller, region, self.headers["Host"].partition(":")[0]))
        if operation == "DescribeOrganization":
            return json.dumps({"Organization": {"Id": "o-exampleorg", "MasterAccountId": ACCOUNT}})
        return f"<Answer><{operation}Result>{self._inner(operation, asked, key)}</{operation}Result></Answer>"

    def _inner(self, operation, asked, key):
        if operation.startswith("AssumeRole"):
            keys = (
                f"<AccessKeyId>{key.access_key}</AccessKeyId><SecretAccessKey>{key.secret}</SecretAccessKey>"
            )
            end = f"<SessionToken>{key.token}</SessionToken><Expiration>{key.end}</Expiration>"
            return f"<Credentials>{keys}{end}</Credentials>"
        if operation == "GenerateOrganizationsAccessReport":
            job = str(uuid.uuid4())
            self.world.jobs[job] = key.access_key
            return f"<JobId>{job}</JobId>"
        if operation == "GetOrganizationsAccessReport":
            if self.world.jobs.get(asked["JobId"]) != key.access_key:
                raise Refusal(404, "NoSuchEntity")
            return "<JobStatus>IN_PROGRESS</JobStatus>"
        return f"<Arn>{key.arn}</Arn><Account>{key.arn.split(':')[4]}</Account>"

    def _refuse(self, refusal, *, told_as_json):
        if told_as_json:
            code = {"InvalidClientTokenId": "UnrecognizedClientException"}.get(refusal.code, refusal.code)
            self.say(400, json.dumps({"__type": code, "message": refusal.message}), "application/json")
            return
        told = f"<Code>{refusal.code}</Code><Message>{refusal.message}</Message>"
        self.say(refusal.status, f"<ErrorResponse><Error>{told}</Error></ErrorResponse>")


class _Agents(_Handler):
    """``/latest/…`` as on an instance (IMDSv2), ``/v1/credentials`` and ``/v2/…`` as in a container."""

    def do_PUT(self):
        if not self.world.imds_hops:
            time.sleep(3.0)  # the answer with the token does not live long enough to get into a container
        self.say(200, "imds-token", "text/plain")

    def do_GET(self):
        if self.path.startswith("/latest"):
            self._instance()
        else:
            self._container()

    def _instance(self):
        if self.headers.get("x-aws-ec2-metadata-token") != "imds-token":
            self.say(401, "Unauthorized", "text/plain")
        elif self.path == _ROLES:
            self.say(200, "instance-role", "text/plain")
        elif self.path.startswith(_ROLES):
            key = self.world.kept("instance", f"arn:aws:sts::{ACCOUNT}:assumed-role/instance-role/i-0123")
            self._give(key, Code="Success", Type="AWS-HMAC", LastUpdated=key.end)
        else:
            self.say(404, "Not Found", "text/plain")

    def _container(self):
        pod = self.path.startswith("/v1")
        if pod and self.headers.get("Authorization") not in self.world.agent_tokens:
            self.say(401, "Unauthorized", "text/plain")
            return
        name = "pod-role/eks-pod" if pod else "task-role/task"
        account = getattr(self.world, "pod_account", ACCOUNT) if pod else ACCOUNT
        self._give(self.world.kept(name, f"arn:aws:sts::{account}:assumed-role/{name}", tagged=pod))

    def _give(self, key, **more):
        given = {"AccessKeyId": key.access_key, "SecretAccessKey": key.secret, "Token": key.token}
        self.say(200, json.dumps({**given, "Expiration": key.end, **more}), "application/json")


class _Proxy(_Handler):
    """Tunnels to the TLS server, whatever host is asked for."""

    def do_CONNECT(self):
        world = self.world
        world.tunnels.append(self.path)
        if world.refuses_tunnels:
            self.send_error(world.refuses_tunnels)
            return
        self.close_connection = True
        with create_connection(("127.0.0.1", world._aws)) as there:
            self.send_response(200)
            self.end_headers()
            back = Thread(target=_pump, args=(there, self.connection), daemon=True)
            back.start()
            _pump(self.connection, there)
            back.join(30)


def _pump(source, sink):
    try:
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(1)
    except OSError:
        return
