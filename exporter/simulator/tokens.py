"""STS, and who stands behind an access key: moto's security token service, asked without a network."""

import re
from collections.abc import Mapping
from threading import Lock
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import Client, TestResponse

from exporter.simulator.messages import Answer, Refusal, Request

_KEY = re.compile(rb"<AccessKeyId>([^<]+)</AccessKeyId>")
_ROLE_ACCOUNT = re.compile(r"arn:[^:]+:iam::([0-9]{12}):")


class TokenService:
    """Gives out sessions, and remembers which account each belongs to. Safe to use from several threads.

    Access keys that were not given out here belong to ``account_id``.
    """

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id
        self._client = Client(DomainDispatcherApplication(create_backend_app))
        self._lock = Lock()
        self._accounts: dict[str, str] = {}

    def account_of(self, access_key: str) -> str:
        return self._accounts.get(access_key, self._account_id)

    def answer(self, request: Request, access_key: str) -> Answer:
        """What moto says to the request; raises Refusal for what it does not know either."""
        headers = {**request.headers, "x-moto-account-id": self.account_of(access_key)}
        # moto takes its services apart by the host of AWS if it finds one, by the signature if not.
        headers.pop("host", None)
        response = self._ask(request, headers)
        body = response.get_data()
        self._remember(request, body)
        return Answer(response.status_code, response.content_type or "text/xml", body)

    def _ask(self, request: Request, headers: Mapping[str, str]) -> TestResponse:
        try:
            with self._lock:  # moto's backends do not expect two calls at once
                return self._client.open(
                    request.path, method=request.method, headers=headers, data=request.body
                )
        except NotImplementedError as error:
            raise Refusal(501, "NotImplemented", str(error)) from error

    def _remember(self, request: Request, body: bytes) -> None:
        key = _KEY.search(body)
        role = _ROLE_ACCOUNT.match(_field(parse_qs(request.body.decode("utf-8", "replace")), "RoleArn"))
        if key and role:
            self._accounts[key.group(1).decode()] = role.group(1)


def _field(form: Mapping[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0]
