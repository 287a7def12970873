"""botocore's providers of credentials, with our own way to start programs and to ask for codes."""

import atexit
import errno
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock
from typing import Any

from botocore.credentials import (
    AssumeRoleProvider,
    CanonicalNameCredentialSourcer,
    ContainerProvider,
    CredentialResolver,
    EnvProvider,
    ProcessProvider,
    ProfileProviderBuilder,
    create_credential_resolver,
)
from botocore.exceptions import MissingDependencyException

from exporter.credentials.attendance import Attendance

_Popen = Callable[..., "subprocess.Popen[bytes]"]
_STARTING = 3.0  # s that a start may take while all are to end


class Processes:
    """The children of one look. With nobody ``present`` they get no terminal to ask anybody on.

    They end when :meth:`stop` is called, or with this program, and whatever they started ends with them. Also
    one ends that is just being started, by ``popen`` in another thread, and none is started afterwards.
    """

    def __init__(self, *, present: bool, popen: _Popen = subprocess.Popen) -> None:
        self._present = present
        self._popen = popen
        self._lock = Lock()
        self._stopped = Event()
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, command: Sequence[str], **pipes: Any) -> subprocess.Popen[bytes]:
        """Stands for ``subprocess.Popen`` where botocore starts one; raises OSError once it was stopped."""
        if not self._present:
            pipes |= {"stdin": subprocess.DEVNULL, "start_new_session": True}
        with self._lock:
            if self._stopped.is_set():
                raise OSError(errno.ECANCELED, "nobody waits for it any more", command[0])
            atexit.register(self.stop)
            child = self._popen(command, **pipes)
            self._started.append(child)
            if self._stopped.is_set():  # who ends them waited long enough
                self._kill(child)
            return child

    def running(self) -> str:
        """The program that has not ended yet, without its arguments; empty if there is none."""
        return next((str(child.args[0]) for child in self._started if child.poll() is None), "")  # type: ignore[index]

    def stop(self) -> None:
        """End those that still run."""
        # Who starts one may hang, on the file of the program: that is not waited for for ever.
        held = self._lock.acquire(timeout=_STARTING)
        self._stopped.set()
        for child in self._started:
            if child.poll() is None:
                self._kill(child)
        self.done()
        if held:
            self._lock.release()

    def done(self) -> None:
        """Nothing is to be ended any more when the program ends."""
        atexit.unregister(self.stop)

    def _kill(self, child: "subprocess.Popen[bytes]") -> None:
        with suppress(OSError):
            if self._present:
                child.kill()
            else:
                os.killpg(child.pid, signal.SIGKILL)


class LoginUnsupportedError(MissingDependencyException):  # type: ignore[misc]  # botocore has no types
    """A profile of ``aws login`` where what it takes is not installed."""

    fmt = (
        "the profile is one of `aws login`, which takes the package awscrt: "
        "install org-access-exporter[login], or use another profile"
    )


class Asking:
    """One look at the chain: what it may use, and whom it asks just now."""

    def __init__(self, attendance: Attendance) -> None:
        self.attendance = attendance
        self.processes = Processes(present=attendance.present)
        self.provider = ""
        self.host = ""
        self.prompting = False

    def code(self, prompt: str) -> str:
        """The code of a device, however long that takes."""
        self.prompting = True
        try:
            return self.attendance.code(prompt)
        finally:
            self.prompting = False

    def sent(self, request: Any, **_: Any) -> None:
        """Hear of a request."""
        self.host = request.url.partition("://")[2].partition("/")[0].rpartition("@")[2]

    def __str__(self) -> str:
        return self.processes.running() or self.host or self.provider or "nobody"


class _Surroundings(dict[str, str]):
    """The environment of a container, in which the agent's token is as its file has it now.

    botocore refuses a token with a line break at its end, as files have it.
    """

    def __contains__(self, name: object) -> bool:
        if name == ContainerProvider.ENV_VAR_AUTH_TOKEN_FILE:
            return False
        file_too = name == ContainerProvider.ENV_VAR_AUTH_TOKEN and self._file
        return bool(file_too) or super().__contains__(name)

    def __getitem__(self, name: str) -> str:
        if name != ContainerProvider.ENV_VAR_AUTH_TOKEN:
            return super().__getitem__(name)
        token = Path(self._file).read_text() if self._file else super().__getitem__(name)
        return token.strip()

    @property
    def _file(self) -> str:
        return self.get(ContainerProvider.ENV_VAR_AUTH_TOKEN_FILE, "")


class _Resolver(CredentialResolver):  # type: ignore[misc]  # botocore has no types
    """Tells which provider is being asked."""

    def __init__(self, providers: list[Any], asking: Asking) -> None:
        super().__init__(providers)
        self._asking = asking

    def load_credentials(self) -> Any:
        """The first credentials that a provider has; None if none has any."""
        for provider in self.providers:
            self._asking.provider = provider.METHOD
            try:
                found = provider.load()
            except MissingDependencyException as error:
                raise LoginUnsupportedError(msg=str(error)) from error
            if found is not None:
                return found
        return None


class _Builder(ProfileProviderBuilder):  # type: ignore[misc]  # botocore has no types
    """The providers of a profile that another has as its source."""

    def __init__(self, session: Any, process: Callable[[str], Any], cache: dict[str, Any]) -> None:
        super().__init__(session, cache=cache)
        self._process = process

    def providers(self, profile_name: str, disable_env_vars: bool = False) -> list[Any]:
        """All of them, ours in the place of botocore's."""
        ours = self._process(profile_name)
        theirs = super().providers(profile_name, disable_env_vars)
        return [ours if provider.METHOD == ours.METHOD else provider for provider in theirs]


def resolver(session: Any, asking: Asking) -> Any:
    """The chain that botocore has for a session, as it is but for these three providers."""
    cache = asking.attendance.sessions if asking.attendance.present else {}
    chain = create_credential_resolver(session, cache=cache)
    profile = session.get_config_variable("profile") or "default"

    def process(name: str) -> Any:
        return ProcessProvider(name, lambda: session.full_config, asking.processes.start)

    _replace(chain, process(profile))
    _replace(chain, ContainerProvider(environ=_Surroundings(os.environ)))
    _replace(
        chain,
        AssumeRoleProvider(
            lambda: session.full_config,
            session.create_client,
            cache,
            profile,
            prompter=asking.code,
            credential_sourcer=_sourcer(chain),
            profile_provider_builder=_Builder(session, process, cache),
        ),
    )
    return _Resolver(chain.providers, asking)


def _sourcer(chain: Any) -> Any:
    """What ``credential_source`` may name."""
    others = [chain.get_provider(name) for name in ("container-role", "iam-role")]
    return CanonicalNameCredentialSourcer([EnvProvider(), *others])


def _replace(chain: Any, provider: Any) -> None:
    chain.insert_after(provider.METHOD, provider)
    chain.remove(provider.METHOD)  # the first of them: botocore's
