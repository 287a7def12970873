"""Who we are to AWS: credentials that stay the same for a job, and the clients made with them."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import BotoCoreError

from exporter import __version__
from exporter.aws.calls import PATIENCE, Call, Meter, Service
from exporter.aws.chain import OwnChain
from exporter.aws.faults import mapped, unfound
from exporter.aws.wire import read_times
from exporter.config.regions import chosen
from exporter.credentials import InvalidCredentialsError, Keys, Session, Source, here
from exporter.errors import CredentialsError
from exporter.redaction import remember

_ROLE_SESSION = 3600  # s; the longest that a role assumed by another role may last: AWS refuses to make more


@dataclass(frozen=True, slots=True)
class Access:
    """How one organization is reached; None leaves it to boto3's own chain and endpoints.

    For the ``region`` see :func:`exporter.config.regions.chosen`.
    """

    region: str | None = None
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    session_name: str = "org-access-exporter"
    iam_endpoint: str | None = None
    organizations_endpoint: str | None = None
    sts_endpoint: str | None = None

    def endpoint(self, api: str) -> str | None:
        """The endpoint configured for ``iam``, ``organizations`` or ``sts``."""
        return {
            "iam": self.iam_endpoint,
            "organizations": self.organizations_endpoint,
            "sts": self.sts_endpoint,
        }[api]


class Role(NamedTuple):
    """The keys of an assumed role, and when they end (Unix seconds)."""

    keys: Keys
    expires: float


# Whether a parameter is right is for AWS to say.
_CONFIG = Config(
    connect_timeout=5,
    read_timeout=15,
    parameter_validation=False,
    tcp_keepalive=True,
    user_agent_extra=f"org-access-exporter/{__version__}",
)

# ``standard`` would do for all but throttling, which ``adaptive`` also slows down for.
_MODE, _ATTEMPTS = "adaptive", 4

# Clients are made one at a time: it is work for the processor alone, and hundreds of threads that want the
# interpreter at once leave it no time but for handing it around.
_MAKING = Lock()


class Door:
    """Opens services for one :class:`Access`. Safe to use from several threads.

    ``observe`` hears of every request, in the thread that made it. ``permit`` is asked before each, and may
    raise LeaseLostError. With ``wire_times``, times in answers remember how AWS wrote them.
    """

    def __init__(
        self,
        access: Access,
        observe: Callable[[Call], None],
        clock: Callable[[], float] = time.time,
        permit: Callable[[], None] = lambda: None,
        *,
        wire_times: bool = False,
    ) -> None:
        remember(access.external_id)
        self._access = access
        self._wire_times = wire_times
        self._meter = Meter(observe, permit)
        self._clock = clock
        self._lock = Lock()
        source = Source(access.profile, access.region, access.sts_endpoint)
        self._attendance = here()
        self._own = OwnChain(source, self._prepare, self._attendance)
        self._session: Any = None
        self._retries = Config()
        self._role: Role | None = None
        self._services: dict[str, tuple[Keys, Service]] = {}

    def service(self, api: str, lifetime: float = 0.0) -> Service:
        """An API with credentials that live at least ``lifetime`` seconds; raises AwsError.

        The same client as before, as long as the credentials are the same: making one takes 20-100 ms.
        """
        start = time.monotonic()
        with self._lock:
            try:
                return self._made(api, self._keys(lifetime))
            except CredentialsError as error:
                self._reset()
                if time.monotonic() - start > PATIENCE:
                    self._attendance.tell(str(error))
                raise

    def forget(self) -> None:
        """AWS did not take the credentials: find new ones next time, they may have been changed."""
        with self._lock:
            self._reset()

    def _reset(self) -> None:
        self._own.forget()
        self._session = None
        self._services = {}
        self._role = None

    def _prepare(self, session: Session) -> None:
        read_times(session, as_wired=self._wire_times)
        self._meter.attach(session.get_component("event_emitter"))
        found = session.get_config_variable("region")
        session.set_config_variable("region", chosen(self._access.region, self._access.role_arn, found))

    def _keys(self, lifetime: float) -> Keys:
        if self._access.role_arn is None:
            return self._own.keys(lifetime)
        # Those of a role can last no longer, however long a job may take.
        if self._role is None or self._role.expires - self._clock() < min(lifetime, _ROLE_SESSION / 2):
            self._role = self._assumed(self._access.role_arn)
        return self._role.keys

    def _assumed(self, role_arn: str) -> Role:
        parameters = {
            "RoleArn": role_arn,
            "RoleSessionName": self._access.session_name,
            "DurationSeconds": _ROLE_SESSION,
        }
        if self._access.external_id is not None:
            parameters["ExternalId"] = self._access.external_id
        answer = self._made("sts", self._own.keys(0.0)).call("assume_role", **parameters)
        try:
            given = answer["Credentials"]
            keys = Keys.of(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
            return Role(keys, given["Expiration"].timestamp())
        except (KeyError, AttributeError) as error:
            told = "the answer holds no credentials"
            raise CredentialsError("AssumeRole", "NoCredentials", told) from error
        except InvalidCredentialsError as error:
            raise unfound(error) from error

    def _made(self, api: str, keys: Keys) -> Service:
        known = self._services.get(api)
        if known and known[0] == keys:
            return known[1]
        try:
            with _MAKING:
                if self._session is None:
                    self._session, self._retries = self._own.session(_MODE, _ATTEMPTS)
                client = self._session.client(
                    api,
                    endpoint_url=self._access.endpoint(api),
                    aws_access_key_id=keys.access_key,
                    aws_secret_access_key=keys.secret_key,
                    aws_session_token=keys.token,
                    config=_CONFIG.merge(self._retries),
                )
        except (BotoCoreError, ValueError) as error:
            raise mapped("CreateClient", error) from error
        service = Service(client, self._meter, _principal(keys), self._attendance)
        self._services[api] = (keys, service)
        return service


def _principal(keys: Keys) -> str:
    """What stands for a user with a key of its own, and tells nothing of the key; empty for a session."""
    return "" if keys.token else hashlib.sha256(keys.access_key.encode()).hexdigest()[:16]
