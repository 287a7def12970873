"""Builds the image as the Dockerfile says, without an engine, over a root of Debian's own Python.

``python -m tests.deploy.pods.image BASE PAUSE ARCHIVE``: of a root file system and a program that pauses, an
archive in the OCI's layout, with the image of the demo and that of a pod's first container.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

from tests.deploy.dockerfile import Instruction, command, filled, instructions, pairs

ROOT = Path(__file__).parents[3]
NAME = "docker.io/library/org-access-exporter"
PAUSE = "docker.io/library/pause:test"
# What may lead to another index of packages than the public one.
_INDEX = {"PIP_CERT", "PIP_DEFAULT_TIMEOUT", "PIP_INDEX_URL", "HTTPS_PROXY", "NO_PROXY"}
_SETTINGS = {"USER": "User", "WORKDIR": "WorkingDir"}
_LISTS = {"ENTRYPOINT": "Entrypoint", "CMD": "Cmd"}


class Stage:
    """A root file system in the making, with what the steps so far have set."""

    def __init__(self, base: Path, root: Path) -> None:
        self.root = root
        self.variables: dict[str, str] = {}
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
        self.config: dict[str, object] = {"Labels": {}, "ExposedPorts": {}, "Volumes": {}}
        subprocess.run(["cp", "-a", "--reflink=auto", base, root], check=True)

    @property
    def known(self) -> dict[str, str]:
        return {**self.variables, **self.environment}

    def run(self, line: str) -> None:
        """A command in this root, with the machine's way to the package index."""
        outside = {name: value for name, value in os.environ.items() if name in _INDEX}
        place = self.config.get("WorkingDir", "/")
        for file in ("/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt"):
            shutil.copy(file, self.root / file[1:])
        subprocess.run(
            ["chroot", self.root, "sh", "-ec", f"cd {place}\n{line}"],
            env={**outside, **self.known, "HOME": "/root"},
            check=True,
        )

    def copy(self, source: Path, to: str) -> None:
        """A file or the content of a directory, as COPY has it."""
        target = self.root / os.path.join(str(self.config.get("WorkingDir", "/")), to).lstrip("/")  # noqa: PTH118 - of text
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place = target / source.name if to.endswith("/") else target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)


def build(base: Path, directory: Path, arguments: dict[str, str]) -> Stage:
    """The last stage of the Dockerfile, made below a directory."""
    stages: dict[str, Stage] = {}
    shared: dict[str, str] = {}
    stage = None
    for step in instructions(ROOT / "Dockerfile"):
        if step.word == "FROM":
            stage = _begun(step, stages, base, directory / str(len(stages)))
        elif stage is None:
            shared |= pairs(step.rest, shared)
        else:
            _take(step, stage, stages, {**shared, **arguments})
    assert stage
    return stage


def _begun(step: Instruction, stages: dict[str, Stage], base: Path, root: Path) -> Stage:
    source, _, name = step.rest.partition(" AS ")
    stage = Stage(stages[source].root if source in stages else base, root)
    stages[name or str(len(stages))] = stage
    return stage


def _take(step: Instruction, stage: Stage, stages: dict[str, Stage], arguments: dict[str, str]) -> None:
    rest = filled(step.rest, stage.known) if step.word != "RUN" else step.rest
    if step.word == "ARG":
        stage.variables |= {
            name: arguments.get(name, value) for name, value in pairs(step.rest, stage.known).items()
        }
    elif step.word == "ENV":
        stage.environment |= pairs(step.rest, stage.known)
    elif step.word == "LABEL":
        stage.config["Labels"] = pairs(step.rest, stage.known)
    elif step.word == "RUN":
        stage.run(step.rest)
    elif step.word == "COPY":
        _copy(rest, stage, stages)
    else:
        _set(step.word, rest, stage)


def _copy(rest: str, stage: Stage, stages: dict[str, Stage]) -> None:
    words = rest.split()
    place = ROOT
    if words[0].startswith("--from="):
        place = stages[words.pop(0).removeprefix("--from=")].root
    *sources, to = words
    for source in sources:
        stage.copy(place / source.lstrip("/"), to)


def _set(word: str, rest: str, stage: Stage) -> None:
    if word in _SETTINGS:
        stage.config[_SETTINGS[word]] = rest
    elif word in _LISTS:
        stage.config[_LISTS[word]] = command(rest)
    elif word == "EXPOSE":
        stage.config["ExposedPorts"] = {f"{rest}/tcp": {}}
    elif word == "VOLUME":
        stage.config["Volumes"] = {rest: {}}
    else:
        assert word == "HEALTHCHECK", word  # which the OCI's format drops
    if word == "WORKDIR":
        (stage.root / rest[1:]).mkdir(parents=True, exist_ok=True)


class Layout:
    """An image archive in the OCI's layout."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._manifests: list[dict[str, object]] = []

    def add(self, name: str, root: Path, config: dict[str, object]) -> None:
        """An image of one layer, which has all files below a directory."""
        layer = self._layer(root)
        diff = {"type": "layers", "diff_ids": [layer["digest"]]}
        made = self._json(
            {"architecture": "amd64", "os": "linux", "config": config, "rootfs": diff}, "config"
        )
        manifest = {"schemaVersion": 2, "config": made, "layers": [layer]}
        self._manifests.append(
            {**self._json(manifest, "manifest"), "annotations": {"io.containerd.image.name": name}}
        )

    def close(self) -> None:
        """What says where the images are."""
        self._put("oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
        self._put("index.json", json.dumps({"schemaVersion": 2, "manifests": self._manifests}).encode())

    def _layer(self, root: Path) -> dict[str, object]:
        with tempfile.TemporaryFile() as file:
            with tarfile.open(fileobj=file, mode="w") as layer:
                layer.add(root, ".")
            size = file.tell()
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            entry = tarfile.TarInfo(f"blobs/sha256/{digest}")
            entry.size = size
            self._archive.addfile(entry, file)
        return _descriptor("application/vnd.oci.image.layer.v1.tar", digest, size)

    def _json(self, value: object, kind: str) -> dict[str, object]:
        data = json.dumps(value).encode()
        digest = hashlib.sha256(data).hexdigest()
        self._put(f"blobs/sha256/{digest}", data)
        return _descriptor(f"application/vnd.oci.image.{kind}.v1+json", digest, len(data))

    def _put(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        self._archive.addfile(entry, io.BytesIO(data))


def _descriptor(kind: str, digest: str, size: int) -> dict[str, object]:
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": size}


def main(base: Path, pause: Path, archive: Path) -> None:
    """Both images, into one archive."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    with (
        tempfile.TemporaryDirectory(dir=archive.parent) as place,
        tarfile.open(f"{archive}.new", "w") as file,
    ):
        layout = Layout(file)
        stage = build(base, Path(place), {"REQUIREMENTS": "demo"})
        environment = [f"{name}={value}" for name, value in stage.environment.items()]
        layout.add(f"{NAME}:{version}", stage.root, {**stage.config, "Env": environment})
        first = Path(place) / "pause"
        first.mkdir()
        shutil.copy(pause, first / "pause")
        layout.add(PAUSE, first, {"Entrypoint": ["/pause"]})
        layout.close()
    Path(f"{archive}.new").rename(archive)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
