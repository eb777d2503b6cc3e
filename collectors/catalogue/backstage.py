"""Backstage entities, from `catalog-info.yaml` files or its catalogue service, to teams and what they own.

Sources: the descriptor format of Backstage's software catalogue (kinds Component, System, Resource, Group; references
as [kind:][namespace/]name, compared in small letters), and the annotations `infrawallet.io/*` that say which cost is an
entity's own: their values are alternatives, several annotations all hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from collectors.catalogue.contract import CatalogueError, EntityKind, Owned, Snapshot, TeamSeen

KINDS: Final[Mapping[str, EntityKind]] = {"component": "component", "system": "system", "resource": "resource"}
LEFT_OUT: Final = frozenset(("api", "domain", "location", "template", "user"))
"""Kinds without cost of their own; others are named in a warning."""
ANNOTATION: Final = "infrawallet.io/"
PROVIDERS: Final = {
    "aws": ("AWS", "Amazon Web Services"),
    "azure": ("Microsoft", "Microsoft Azure", "Azure"),
    "gcp": ("Google Cloud", "Google Cloud Platform", "GCP"),
}
"""Names in the annotation to names on bills; others are taken as they are."""
ACCOUNT: Final = ("sub_account", "sub_account_name", "billing_account", "billing_account_name", "resource_group")
"""What people call an account or project may be its id or its name, at either level."""
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "project": ACCOUNT,
    "account": ACCOUNT,
    "service": ("service",),
    "category": ("service_category",),
    "provider": ("provider",),
}
CANDIDATE: Final = "A Backstage entity has apiVersion, kind, metadata and spec: see docs/attribution/catalogue.md."


def snapshot(documents: Iterable[Any], place: str) -> Snapshot:
    """Of all entities of one file or answer; `place` names it. Raises CatalogueError for what is no entity."""
    teams: list[TeamSeen] = []
    entities: list[Owned] = []
    warnings: list[str] = []
    for number, document in enumerate(documents, 1):
        where = f"{place}, entity {number}"
        kind, metadata, spec = _parts(document, where)
        if kind == "group":
            teams.append(_team(metadata, spec, where))
        elif kind in KINDS:
            entities.append(_entity(KINDS[kind], metadata, spec, where))
            warnings += [f"{where}: {text}" for text in _unread(metadata)]
        elif kind not in LEFT_OUT:
            warnings.append(f"{where}: kind {kind[:50]} is not read")
    return Snapshot(tuple(teams), tuple(entities), tuple(warnings))


def _parts(document: Any, where: str) -> tuple[str, Mapping[str, Any], Mapping[str, Any]]:
    if not isinstance(document, Mapping) or not isinstance(document.get("kind"), str):
        raise CatalogueError("this is no entity", where, CANDIDATE)
    metadata, spec = document.get("metadata"), document.get("spec") or {}
    if not isinstance(metadata, Mapping) or not _text(metadata.get("name")):
        raise CatalogueError("metadata has no name", where, CANDIDATE)
    if not isinstance(spec, Mapping):
        raise CatalogueError("spec is no mapping", where, CANDIDATE)
    return document["kind"].lower(), metadata, spec


def _team(metadata: Mapping[str, Any], spec: Mapping[str, Any], where: str) -> TeamSeen:
    profile = spec.get("profile") if isinstance(spec.get("profile"), Mapping) else {}
    assert isinstance(profile, Mapping)
    name = _text(profile.get("displayName")) or _text(metadata.get("title")) or str(metadata["name"])
    namespace = _namespace(metadata)
    parent = _group(spec.get("parent"), namespace, where)
    return TeamSeen(_key(str(metadata["name"]), namespace), name, parent, place=where)


def _entity(kind: EntityKind, metadata: Mapping[str, Any], spec: Mapping[str, Any], where: str) -> Owned:
    namespace = _namespace(metadata)
    return Owned(
        ref=f"{kind}:{namespace}/{str(metadata['name']).lower()}",
        kind=kind,
        name=str(metadata["name"]),
        title=_text(metadata.get("title")),
        owner=_group(spec.get("owner"), namespace, where),
        system=_name(spec.get("system"), where),
        when=condition(metadata.get("annotations")),
        place=where,
    )


def condition(annotations: Any) -> Any:
    """The condition that the annotations state, in the words of rules; None without any."""
    found = annotations if isinstance(annotations, Mapping) else {}
    parts = [_any([(column, values) for column in columns]) for columns, values in _stated(found)]
    tags = _pairs(found.get(ANNOTATION + "tags"))
    if tags:
        parts.append(_any([(f"tag.{key}", values) for key, values in tags.items()]))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"all": parts}


def _any(checks: Sequence[tuple[str, list[str]]]) -> dict[str, Any]:
    found = [{"column": column, "equals": values} for column, values in checks]
    return found[0] if len(found) == 1 else {"any": found}


def _stated(annotations: Mapping[Any, Any]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """What has to hold together: in any of these columns one of these values."""
    for word, columns in COLUMNS.items():
        values = _listed(annotations.get(ANNOTATION + word))
        if word == "provider":
            values = [name for value in values for name in PROVIDERS.get(value.lower(), (value,))]
        if values:
            yield columns, values
    for key, values in _pairs(annotations.get(ANNOTATION + "extra-filters")).items():
        yield COLUMNS.get(key, (f"tag.{key}",)), values


def _pairs(value: Any) -> dict[str, list[str]]:
    """`key: value, other: one|two`: a key with its values, each of which will do."""
    found: dict[str, list[str]] = {}
    for word in _listed(value):
        key, _, several = (part.strip() for part in word.partition(":"))
        values = [one.strip() for one in several.split("|") if one.strip()]
        if key and values:
            found.setdefault(key, []).extend(values)
    return found


def _unread(metadata: Mapping[str, Any]) -> Iterator[str]:
    annotations = metadata.get("annotations")
    for name in annotations if isinstance(annotations, Mapping) else ():
        if str(name).startswith(ANNOTATION) and str(name).removeprefix(ANNOTATION) not in (
            *COLUMNS, "extra-filters", "tags",
        ):  # fmt: skip
            yield f"the annotation {str(name)[:100]} is not read"


def _listed(value: Any) -> list[str]:
    return [word.strip() for word in str(value).split(",") if word.strip()] if isinstance(value, str | int) else []


def _namespace(metadata: Mapping[str, Any]) -> str:
    return (_text(metadata.get("namespace")) or "default").lower()


def _group(reference: Any, near: str, where: str) -> str | None:
    """The key of the group that a reference means, in the namespace `near` unless it names one; people own nothing
    here."""
    text = _text(reference)
    if text is None:
        return None
    kind, colon, rest = text.rpartition(":")
    if colon and kind.lower() != "group":
        return None
    namespace, _, name = rest.rpartition("/")
    if not name:
        raise CatalogueError(f"the reference {text[:100]!r} names nothing", where, "Write it as group:default/NAME.")
    return _key(name, namespace or near)


def _name(reference: Any, where: str) -> str | None:
    text = _text(reference)
    return text.rpartition(":")[2].rpartition("/")[2] if text else None


def _key(name: str, namespace: str) -> str:
    """Names of one namespace are unique; groups of others bring theirs along."""
    return name.lower() if namespace.lower() == "default" else f"{namespace}/{name}".lower()


def _text(value: Any) -> str | None:
    return str(value).strip() or None if isinstance(value, str | int) else None
