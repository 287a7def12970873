"""What somebody calls an entity (an id, an ARN, a path or a name), and which entity is meant by it.

Nothing is asked of AWS here: ``matched`` looks among entities at hand, those of a discovery or of a state.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from exporter.errors import AmbiguousError, UserError
from exporter.model import Entity

LISTING = "'org-access-exporter entities' lists ids and names"

_ROOT = "r-[0-9a-z]{4,32}"
_UNIT = "ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}"
_ACCOUNT = "[0-9]{12}"
_ORGANIZATION = "o-[0-9a-z]{10,32}"
_ID = re.compile(f"{_ROOT}|{_UNIT}|{_ACCOUNT}", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{4}([- ])[0-9]{4}\1[0-9]{4}")  # as AWS's console shows an account's id
_PATH = re.compile(f"(?:({_ORGANIZATION})/)?{_ROOT}(?:/{_UNIT})*(?:/{_ACCOUNT})?", re.IGNORECASE)
_ARN = re.compile("arn:[^:]*:([^:]*):[^:]*:([^:]*):(.*)", re.IGNORECASE | re.DOTALL)
_LOOKS_LIKE = (
    (re.compile(_ORGANIZATION), "it looks like an organization's id, whose root has an id like r-ab12"),
    (re.compile("p-[0-9a-zA-Z_]{8,128}"), "it looks like an SCP's id, which --policy-id takes"),
    (re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "it looks like a job id, for --job-id"),
    (re.compile("[0-9]+"), "an account's id has twelve digits, zeros in front included"),
    (re.compile("(r|ou)-.*"), "ids look like r-ab12, ou-ab12-c3d4e5f6 and 111122223333"),
    (re.compile(".*@.*"), "an account's address is not looked at, its name is"),
)


@dataclass(frozen=True, slots=True)
class Reference:
    """One entity as somebody wrote it.

    ``id`` is empty for what can only be a name, ``name`` for what cannot be one; ``org_id`` is of an ARN or a
    path, which are ``form``.
    """

    text: str
    form: str
    id: str = ""
    name: str = ""
    org_id: str = ""

    @classmethod
    def parsed(cls, text: str) -> "Reference":
        """An id, an ARN, a path or a name; raises UserError for what is none of them."""
        told = text.strip()
        if not told:
            raise UserError("an entity is called by its id, ARN, path or name")
        if arn := _ARN.fullmatch(told):
            return _of_arn(told, *arn.groups())
        if "/" in told and (path := _PATH.fullmatch(told.strip("/"))):
            whole = told.strip("/").lower()
            return cls(whole, "path", whole.rpartition("/")[2], org_id=(path[1] or "").lower())
        if _GROUPED.fullmatch(told):
            return cls(told, "id", re.sub("[- ]", "", told), told)
        return cls(told, "id", told.lower(), told) if _ID.fullmatch(told) else cls(told, "name", name=told)

    @classmethod
    def by_id(cls, text: str) -> "Reference":
        """An id and nothing else; raises UserError that says what it is instead."""
        return cls._only("id", text)

    @classmethod
    def by_path(cls, text: str) -> "Reference":
        """A path from the organization's id down; raises UserError that says what it is instead."""
        found = cls._only("path", text)
        if not found.org_id:
            raise UserError(f"--entity-path {text!r} begins below the organization: o-…/{found.text}")
        return found

    @classmethod
    def _only(cls, form: str, text: str) -> "Reference":
        found = cls.parsed(text)
        if found.form == form:
            return cls(found.text, form, found.id, org_id=found.org_id)
        of = f" of {found.id}" if found.id and found.form != "id" else ""
        looks = _looks_like(found.text)
        raise UserError(
            f"--entity-{form} {found.text!r} is no {form} but {_article(found.form)}{of}: --entity takes it"
            f"{looks and f' ({looks})'}; {LISTING}"
        )


def matched(reference: Reference, entities: Iterable[Entity]) -> Entity:
    """The one of ``entities`` that is meant; raises UserError where that is none, or several."""
    everything = tuple(entities)
    if reference.id:
        for entity in everything:
            if entity.id == reference.id:
                check_organization(reference, entity.path.partition("/")[0])
                return entity
    named = _named(reference.name, everything)
    if len(named) == 1:
        return named[0]
    if named:
        raise AmbiguousError(reference.name, [f"{entity.id}  {entity.path}" for entity in named])
    raise unknown(reference, everything)


def check_organization(reference: Reference, org_id: str) -> None:
    """Raise UserError for the ARN or the path of another organization's entity."""
    if reference.org_id and reference.org_id != org_id:
        raise UserError(f"{reference.text} is of organization {reference.org_id}, and this one is {org_id}")


def unknown(reference: Reference, entities: Sequence[Entity] = ()) -> UserError:
    """The error for what is not there, with what may have been meant."""
    if reference.form == "name":
        close = _close(reference.name, entities)
        told = f"no entity is called {reference.name!r}"
        advice = f"did you mean {close}?" if close else _looks_like(reference.name)
    else:
        told, advice = f"no entity has the id{' or name' if reference.name else ''} {reference.id}", ""
    return UserError("; ".join(filter(None, (told, advice, LISTING))).replace("?;", "?"))


def _of_arn(text: str, service: str, account_id: str, resource: str) -> Reference:
    kind, _, rest = resource.partition("/")
    org_id, _, entity_id = rest.partition("/")
    if service != "organizations":
        of = f"; the account in it is {account_id}" if account_id else ""
        raise UserError(f"{text!r} is an ARN of {service}, not of an entity{of}; {LISTING}")
    if kind in {"root", "ou", "account"} and _ID.fullmatch(entity_id):
        return Reference(text, "ARN", entity_id.lower(), org_id=org_id.lower())
    advice = f": --policy-id {resource.rpartition('/')[2]}" if kind == "policy" else ""
    raise UserError(f"{text!r} is the ARN of no root, OU or account but of: {kind}{advice}; {LISTING}")


def _named(name: str, entities: Sequence[Entity]) -> list[Entity]:
    """Exactly so, or else but for capitals and ways of writing the same letters."""
    if not name:
        return []
    exact = [entity for entity in entities if entity.name == name]
    return exact or [entity for entity in entities if _plain(entity.name) == _plain(name)]


def _close(name: str, entities: Sequence[Entity]) -> str:
    known = {_plain(entity.name): entity for entity in entities if entity.name}
    near = get_close_matches(_plain(name), known, n=3, cutoff=0.7)
    return " or ".join(f"{known[one].name!r} ({known[one].id})" for one in near)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _looks_like(text: str) -> str:
    return next((told for pattern, told in _LOOKS_LIKE if pattern.fullmatch(text)), "")


def _article(form: str) -> str:
    return f"{'an' if form[0] in 'iA' else 'a'} {form}"
