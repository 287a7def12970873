"""Carries the coordinates of ``published.yml`` into the pages and the chart, which promise none before.

``python deploy/published.py`` prints them as ``name=value``, as a workflow reads them; with ``--write`` it
renews the files that follow from them.
"""

import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parent
PLACES = HERE / "published.yml"
CHART = HERE / "helm" / "org-access-exporter" / "Chart.yaml"
VALUES = CHART.with_name("values.yaml")
DOCKERFILE = ROOT / "Dockerfile"
PAGES = {
    HERE / "README.md": "get",
    HERE / "helm" / "README.in.md": "install",
    ROOT / "SECURITY.md": "contact",
}

Coordinates = Mapping[str, str]


def coordinates() -> Coordinates:
    """Name to place; "" where there is none."""
    loaded: dict[str, str] = yaml.safe_load(PLACES.read_text(encoding="utf-8"))
    return loaded


def version() -> str:
    """That of the project."""
    project: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return project


def get(at: Coordinates, now: str) -> str:
    """How to come by image, program and chart."""
    if at["image"]:
        ways = [_pasted(f'IMAGE={at["image"]}:{now}\ndocker pull "$IMAGE"', "pulls an image")]
    else:
        commands = (
            f"IMAGE=registry.example.com/security/org-access-exporter:{now}\n"
            f'docker build --tag "$IMAGE" --build-arg VERSION={now} .\n'
            'docker push "$IMAGE"'
        )
        ways = [
            "No image is published yet. Build it, and push it to where your machines pull from:",
            _pasted(commands, "needs an engine for containers"),
        ]
    if at["pypi"]:
        ways.append(_pasted(f"pip install {at['pypi']}=={now}", "installs from the network"))
    if at["repository"]:
        ways.append(f"What each release consists of, and its signatures: <{at['repository']}/releases>.")
    return "\n\n".join(ways)


def _pasted(commands: str, why_not_run: str) -> str:
    return f"<!-- not run: {why_not_run} -->\n```sh\n{commands}\n```"


def install(at: Coordinates, now: str) -> str:
    """The command that installs the chart."""
    chart = (
        f"{at['chart']}/org-access-exporter --version {now}"
        if at["chart"]
        else "deploy/helm/org-access-exporter"
    )
    lines = [f"helm install org-access-exporter {chart}"]
    if not at["image"]:
        lines.append("--set image.registry=registry.example.com/security")
    lines.append("--set aws.roleArn=arn:aws:iam::111122223333:role/org-access-exporter")
    command = " \\\n  ".join(lines)
    where = "" if at["image"] else " (`image.registry` is where you pushed [the image](../../README.md))"
    before = "" if at["chart"] else f"From a copy of the sources{where}:\n\n"
    return f"{before}```sh\n{command}\n```"


def contact(at: Coordinates, _: str) -> str:
    """Whom to tell of a vulnerability."""
    form = (
        "the private vulnerability reports of the repository's hosting "
        '("Security", "Report a\nvulnerability")'
    )
    if at["repository"]:
        form = f"[the repository's private reports]({at['repository']}/security/advisories/new)"
    mail = f", or write to {at['security']}" if at["security"] else ""
    return f"Please do not open a public issue. Use {form}{mail},"


def chart(at: Coordinates, now: str, text: str) -> str:
    """Chart.yaml with this version and these addresses."""
    made: dict[str, Any] = yaml.safe_load(text)
    made["version"] = made["appVersion"] = now
    sources = [at["repository"]] if at["repository"] else []
    for key, value in (("home", at["repository"]), ("sources", sources)):
        made.pop(key, None)
        if value:
            made[key] = value
    image = f"{at['image']}:{now}" if at["image"] else ""
    listed = yaml.safe_dump([{"name": "org-access-exporter", "image": image}], sort_keys=False)
    made["annotations"].pop("artifacthub.io/images", None)
    if image:
        made["annotations"]["artifacthub.io/images"] = listed
    head = (
        "# Version and addresses are written by `make docs`, from pyproject.toml and deploy/published.yml.\n"
    )
    return head + yaml.safe_dump(made, sort_keys=False, width=110, allow_unicode=True)


def values(at: Coordinates, text: str) -> str:
    """The chart's values, which name the image where it is, and the sources."""
    image = at["image"] or "org-access-exporter"
    text = re.sub(r"(?m)(?<=# -- Where the image is\.\n)  repository: .*$", f"  repository: {image}", text)
    return re.sub(r"(?m)^repositoryUrl: .*$", f'repositoryUrl: "{at["repository"]}"', text)


def with_section(text: str, name: str, section: str) -> str:
    """A page with what is between ``<!-- name -->`` and ``<!-- end name -->`` replaced."""
    begin, end = f"<!-- {name} -->\n", f"\n<!-- end {name} -->"
    before, _, rest = text.partition(begin)
    if end not in rest:
        raise ValueError(f"no place for {name}")
    return before + begin + section + end + rest.partition(end)[2]


def files(at: Coordinates | None = None) -> dict[Path, str]:
    """What every file should hold that has a coordinate in it."""
    given, now = at or coordinates(), version()
    sections = {"get": get, "install": install, "contact": contact}
    pages = {
        path: with_section(path.read_text(encoding="utf-8"), name, sections[name](given, now))
        for path, name in PAGES.items()
    }
    stamped = re.sub(r"(?m)^ARG VERSION=.*$", f"ARG VERSION={now}", DOCKERFILE.read_text(encoding="utf-8"))
    return {
        **pages,
        CHART: chart(given, now, CHART.read_text(encoding="utf-8")),
        VALUES: values(given, VALUES.read_text(encoding="utf-8")),
        DOCKERFILE: stamped,
    }


def main(arguments: list[str]) -> int:
    """Write, or print."""
    if arguments == ["--write"]:
        for path, text in files().items():
            path.write_text(text, encoding="utf-8")
        return 0
    for name, place in {**coordinates(), "version": version()}.items():
        sys.stdout.write(f"{name}={place}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
