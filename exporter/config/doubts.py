"""What a valid configuration says without effect, or to an effect that hardly anybody wants.

A line each, beginning with the key. Nothing is refused for it.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches

from exporter.config.quoting import quote
from exporter.config.regions import REGION_VARIABLES, environments
from exporter.config.settings import CollectionConfig, Config, OrganizationConfig
from exporter.config.syntax import OU_ID
from exporter.times import spoken

ROLE_SESSION = 3600.0  # s: AWS makes no longer session by role chaining
SHORTEST = 60.0  # s: for so long AWS repeats the result that it has

_TARGETS = ("root", "ous", "management_account", "accounts", "policies")


def doubts(config: Config, regions: Collection[str], environ: Mapping[str, str]) -> tuple[str, ...]:
    """The lines for a whole configuration; ``regions`` are those that are known.

    Of ``environ`` it is the Region that counts where an organization names none.
    """
    lines = [*_of_collection(config.collection), *_of_roles(config)]
    if any(organization.region is None for organization in config.organizations):
        lines += _of_environment(environ, regions)
    for index, organization in enumerate(config.organizations):
        of_one = (*_of_access(organization, regions), *_of_targets(organization, config.collection))
        lines += [f"organizations[{index}].{line}" for line in (*of_one, *_of_selectors(organization))]
    return tuple(lines)


def _of_collection(collection: CollectionConfig) -> Iterator[str]:
    if collection.discovery_interval < SHORTEST:
        interval = spoken(collection.discovery_interval)
        yield f"collection.discovery_interval: {interval} is short: AWS limits how often the tree may be read"


def _of_roles(config: Config) -> Iterator[str]:
    timeout = config.collection.job_timeout
    if timeout > ROLE_SESSION and any(organization.role_arn for organization in config.organizations):
        yield (
            f"collection.job_timeout: {spoken(timeout)} is longer than the hour that role_arn is assumed for "
            "(one role assumed by another can last no longer): a report that takes more cannot be read"
        )


def _of_access(organization: OrganizationConfig, regions: Collection[str]) -> Iterator[str]:
    if organization.region and organization.region not in regions:
        yield f"region: {_no_region(organization.region, regions)}"
    if organization.role_arn is None and organization.external_id is not None:
        yield "external_id: has no effect without role_arn"


def _of_environment(environ: Mapping[str, str], regions: Collection[str]) -> Iterator[str]:
    found = environments(environ)
    if found and found not in regions:
        names = [name for name in REGION_VARIABLES if environ.get(name, "").strip() == found]
        yield f"{names[0]} (environment): {_no_region(found, regions)}"


def _no_region(written: str, regions: Collection[str]) -> str:
    close = get_close_matches(written, sorted(regions), n=5)
    # The same letters in another order go first.
    close.sort(key=lambda region: sorted(region) != sorted(written))
    hint = f", did you mean {close[0]}?" if close else ""
    return f"{quote(written)} is no Region that this version knows of{hint}"


def _of_targets(organization: OrganizationConfig, collection: CollectionConfig) -> Iterator[str]:
    enabled = [name for name in _TARGETS if getattr(organization.targets, name).enabled]
    for name in enabled:
        refresh = getattr(organization.targets, name).refresh
        if refresh < SHORTEST:
            yield (
                f"targets.{name}.refresh: {spoken(refresh)} is short: AWS repeats a result for a minute, "
                "and makes one report at a time"
            )
        if refresh > collection.max_report_age:
            age = spoken(collection.max_report_age)
            yield (
                f"targets.{name}.refresh: {spoken(refresh)} is longer than collection.max_report_age "
                f"({age}): reports are dropped before they are renewed"
            )
    if organization.policy_ids and "policies" not in enabled:
        yield "targets.policies.ids: has no effect while targets.policies.enabled is false"
    if not enabled and not organization.job_ids:
        yield "targets: none is enabled and there are no job_ids: nothing is collected"


def _of_selectors(organization: OrganizationConfig) -> Iterator[str]:
    for key, selectors in (("include", organization.include), ("exclude", organization.exclude)):
        for selector in selectors:
            if doubt := _of_selector(selector):
                yield f"{key}: {quote(selector)} {doubt}"
    for selector in organization.include:
        if selector in organization.exclude:
            yield f"include: {quote(selector)} has no effect: exclude has it too, and is stronger"


def _of_selector(selector: str) -> str:
    return next((told for wrong, told in _MISTAKES if wrong(selector)), "") or _brackets(selector)


def _brackets(selector: str) -> str:
    sets = [inner for inner in re.findall(r"\[([^]]+)\]", selector) if _is_a_word(inner)]
    if not sets:
        return ""
    return (
        f"means one of the characters {sets[0]} where the brackets are; "
        f"a bracket in a name is written [[]: {selector.replace('[', '[[]')}"
    )


def _is_a_word(characters: str) -> bool:
    """More than two characters, and no range."""
    return len(characters) > 2 and "-" not in characters and characters[0] not in "!["


def _in_capitals(selector: str) -> bool:
    return not re.fullmatch(OU_ID, selector) and bool(re.fullmatch(OU_ID, selector.lower()))


def _separated(selector: str) -> bool:
    return not selector.isdigit() and bool(re.fullmatch("[0-9]{12}", re.sub("[-_ ]", "", selector)))


_MISTAKES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda text: text.startswith("arn:"), "is an ARN, and only ids and names match: give its last part"),
    (
        lambda text: bool(re.match("o-[a-z0-9]+/", text)),
        "is a path, and only ids and names match: give its last part",
    ),
    (_in_capitals, "is the id of an OU in capitals, which no id has"),
    (_separated, "looks like an account id with separators, which no id has"),
    (lambda text: text != text.strip(), "begins or ends with a blank, which the name must have as well"),
)
