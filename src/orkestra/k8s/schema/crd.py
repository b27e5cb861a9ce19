"""CustomResourceDefinitions: defaults and validation of the definition itself.

Rules, order and texts: k8s.io/apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go and
v1/defaults.go. The server converts v1 to an internal form first: what all versions share (schema, subresources,
columns, selectable fields) moves up to the spec, and failures are reported there (v1/conversion.go); so are ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orkestra.k8s import names
from orkestra.k8s.errors import Cause
from orkestra.k8s.literals import to_json
from orkestra.k8s.schema.causes import child, duplicate, forbidden, invalid_value, not_supported, required, too_many
from orkestra.k8s.schema.conversion import check_conversion
from orkestra.k8s.schema.fieldpaths import resolve_field_path
from orkestra.k8s.schema.node import SchemaError, parse_schema
from orkestra.k8s.schema.shape import check_shape
from orkestra.k8s.schema.soundness import check_structural
from orkestra.k8s.schema.structurality import inner_schemas

_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_MOST_SELECTABLE = 8
_ROOT_WITH_STATUS = [
    "description",
    "type",
    "format",
    "title",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "multipleOf",
    "required",
    "items",
    "properties",
    "externalDocs",
    "example",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
]
_FLOAT_DIGITS = 1e21
"""From here on Go writes floats with an exponent."""
_PROTECTED = ("k8s.io", "kubernetes.io")
_APPROVAL = "api-approved.kubernetes.io"


def default_crd(crd: dict[str, Any]) -> None:
    """Fills in names, conversion and ports, in place; what has another shape is left for ``validate_crd`` to report."""
    if check_shape(crd):
        return
    spec = crd["spec"] = crd.get("spec") or {}
    naming = spec["names"] = spec.get("names") or {}
    kind = naming.get("kind")
    if kind:
        naming["singular"] = naming.get("singular") or kind.lower()
        naming["listKind"] = naming.get("listKind") or f"{kind}List"
    spec["conversion"] = spec.get("conversion") or {"strategy": "None"}
    client = (spec["conversion"].get("webhook") or {}).get("clientConfig") or {}
    if client.get("service"):
        client["service"].setdefault("port", 443)
    for version in spec.get("versions") or []:
        schema = _schema_of(version)
        if isinstance(schema, dict):
            _rewrite_numbers(schema)


def _rewrite_numbers(schema: dict[str, Any]) -> None:
    """Values in a schema go through Go's encoder once: ``10.0`` becomes ``10``."""
    for keyword in ("default", "example"):
        if keyword in schema:
            schema[keyword] = _as_go_writes(schema[keyword])
    if isinstance(schema.get("enum"), list):
        schema["enum"] = _as_go_writes(schema["enum"])
    for inner in inner_schemas(schema):
        if isinstance(inner, dict):
            _rewrite_numbers(inner)


def _as_go_writes(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_go_writes(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_go_writes(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < _FLOAT_DIGITS else value


def validate_crd(crd: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> list[Cause]:
    """What is wrong with a defaulted CustomResourceDefinition; ``old`` is the one an update replaces."""
    if failures := check_shape(crd):
        return failures
    spec = crd.get("spec") or {}
    found = [] if old is not None else list(_check_name(crd, spec))
    found += _check_spec(spec)
    found += _check_stored(crd, spec)
    found += _check_approval(crd, spec, old)
    if spec.get("preserveUnknownFields"):
        text = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
        found.append(invalid_value("spec.preserveUnknownFields", True, text))
    if old is not None:
        found += _check_update(spec, old)
    return found


def _check_name(crd: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Cause]:
    name = (crd.get("metadata") or {}).get("name") or ""
    if not name:
        yield required("metadata.name", "name or generateName is required")
        return
    for problem in names.dns1123_subdomain(name):
        yield invalid_value("metadata.name", name, problem)
    if name != f"{(spec.get('names') or {}).get('plural') or ''}.{spec.get('group') or ''}":
        yield invalid_value("metadata.name", name, 'must be spec.names.plural+"."+spec.group')


def _check_spec(spec: Mapping[str, Any]) -> Iterator[Cause]:
    group = spec.get("group") or ""
    if not group:
        yield required("spec.group")
    elif problems := names.dns1123_subdomain(group):
        yield invalid_value("spec.group", group, ",".join(problems))
    elif "." not in group:
        yield invalid_value("spec.group", group, "should be a domain with at least one dot")
    scope = spec.get("scope") or ""
    if not scope:
        yield required("spec.scope")
    elif scope not in ("Cluster", "Namespaced"):
        yield not_supported("spec.scope", scope, ("Cluster", "Namespaced"))
    versions = [version for version in spec.get("versions") or [] if isinstance(version, Mapping)]
    for index, version in enumerate(versions):
        if not _schema_of(version):
            yield required(f"spec.versions[{index}].schema.openAPIV3Schema")
    yield from _check_versions(versions, is_told=isinstance(spec.get("versions"), list))
    first = (versions[0].get("name") or "") if versions else ""
    if first and (problems := names.dns1035_label(first)):
        yield invalid_value("spec.version", first, ",".join(problems))  # the internal form names the first one again
    yield from _check_names(spec.get("names") or {})
    yield from _check_shared(versions)
    yield from check_conversion(spec.get("conversion"), "spec.conversion")


def _schema_of(version: Mapping[str, Any]) -> Any:
    holder = version.get("schema")
    return holder.get("openAPIV3Schema") if isinstance(holder, Mapping) else None


def _is_shared(versions: list[Mapping[str, Any]], keyword: str) -> bool:
    """Whether all versions say the same about ``keyword`` (and say something)."""
    first = versions[0].get(keyword) if versions else None
    return bool(first) and all(version.get(keyword) == first for version in versions)


def _check_versions(versions: list[Mapping[str, Any]], *, is_told: bool) -> Iterator[Cause]:
    shared = {keyword: _is_shared(versions, keyword) for keyword in _PER_VERSION}
    for index, version in enumerate(versions):
        path = f"spec.versions[{index}]"
        name = version.get("name") or ""
        if problems := names.dns1035_label(name):
            yield invalid_value(f"{path}.name", name, ",".join(problems))
        yield from _check_deprecation(version, f"{path}.deprecationWarning")
        for keyword, check in _PER_VERSION.items():
            if not shared[keyword]:
                yield from check(version, child(path, keyword))
    shown = f"[{','.join(_internal_version(version, shared) for version in versions)}]" if is_told else "null"
    if len({version.get("name") for version in versions}) != len(versions):
        yield _raw_invalid("spec.versions", shown, "must contain unique version names")
    if sum(bool(version.get("storage")) for version in versions) != 1:
        yield _raw_invalid("spec.versions", shown, "must have exactly one version marked as storage version")


def _check_shared(versions: list[Mapping[str, Any]]) -> Iterator[Cause]:
    for keyword, check in _PER_VERSION.items():
        if _is_shared(versions, keyword):
            yield from check(versions[0], child("spec", "validation" if keyword == "schema" else keyword))


def _check_deprecation(version: Mapping[str, Any], path: str) -> Iterator[Cause]:
    warning = version.get("deprecationWarning")
    if warning is None:
        return
    if not version.get("deprecated"):
        yield invalid_value(path, warning, "can only be set for deprecated versions")
    elif not warning:
        yield invalid_value(path, warning, "must not be an empty string")
    elif len(warning.encode("utf-8", "replace")) > 256:
        yield invalid_value(path, warning, "must be <= 256 characters long")


def _check_schema(version: Mapping[str, Any], path: str) -> Iterator[Cause]:
    schema = _schema_of(version)
    if not isinstance(schema, Mapping):
        return
    at = child(path, "openAPIV3Schema")
    if (version.get("subresources") or {}).get("status") is not None:
        yield from _check_root_with_status(schema, at)
    if schema.get("nullable"):
        yield forbidden(f"{at}.nullable", "nullable cannot be true at the root")
    yield from check_structural(schema, at)


def _check_root_with_status(schema: Mapping[str, Any], path: str) -> Iterator[Cause]:
    """With a status subresource, the root may say little: status is validated on its own."""
    declared = schema.get("type")
    if declared and declared != "object":
        text = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
        yield invalid_value(f"{path}.type", declared, text)
        return
    if any(
        value not in (None, "", False, [], {}) and keyword not in _ROOT_WITH_STATUS for keyword, value in schema.items()
    ):
        listed = " ".join(_go_name(keyword) for keyword in _ROOT_WITH_STATUS)
        text = f"only [{listed}] fields are allowed at the root of the schema if the status subresource is enabled"
        yield invalid_value(path, dict(schema), text)


def _go_name(keyword: str) -> str:
    words = keyword.removeprefix("x-kubernetes-").split("-")
    text = "".join(word[0].upper() + word[1:] for word in words)
    return f"X{text}" if keyword.startswith("x-") else text


def _check_subresources(version: Mapping[str, Any], path: str) -> Iterator[Cause]:
    scale = (version.get("subresources") or {}).get("scale")
    if not isinstance(scale, Mapping):
        return
    for field, roots in (("specReplicasPath", (".spec.",)), ("statusReplicasPath", (".status.",))):
        yield from _check_scale_path(scale.get(field) or "", f"{path}.scale.{field}", roots, is_required=True)
    at = f"{path}.scale.labelSelectorPath"
    yield from _check_scale_path(scale.get("labelSelectorPath") or "", at, (".spec.", ".status."), is_required=False)


def _check_scale_path(text: str, path: str, roots: tuple[str, ...], *, is_required: bool) -> Iterator[Cause]:
    if not text:
        if is_required:
            yield required(path)
    elif text[0] != ".":
        yield invalid_value(path, text, "must be a simple json path starting with .")
    elif not text.startswith(roots):
        place = f"under {roots[0][:-1]}" if len(roots) == 1 else "under either .spec or .status"
        yield invalid_value(path, text, f"should be a json path {place}")


def _check_columns(version: Mapping[str, Any], path: str) -> Iterator[Cause]:
    for index, column in enumerate(version.get("additionalPrinterColumns") or []):
        at = f"{path}[{index}]"
        if not column.get("name"):
            yield required(f"{at}.name")
        declared, wanted = column.get("type") or "", f"must be one of {','.join(_COLUMN_TYPES)}"
        if not declared:
            yield required(f"{at}.type", wanted)
        elif declared not in _COLUMN_TYPES:
            yield invalid_value(f"{at}.type", declared, wanted)
        if column.get("format") and column["format"] not in _COLUMN_FORMATS:
            yield invalid_value(f"{at}.format", column["format"], f"must be one of {','.join(_COLUMN_FORMATS)}")
        if not column.get("jsonPath"):
            yield required(f"{at}.JSONPath")
        elif column["jsonPath"][0] != ".":
            yield invalid_value(f"{at}.JSONPath", column["jsonPath"], "must be a simple json path starting with .")


def _check_selectable(version: Mapping[str, Any], path: str) -> Iterator[Cause]:
    fields = version.get("selectableFields") or []
    try:
        root = parse_schema(_schema_of(version) or {})
    except SchemaError:
        return  # reported with the schema
    seen: set[str] = set()
    for index, field in enumerate(fields):
        at, text = f"{path}[{index}].jsonPath", field.get("jsonPath") or ""
        if not text:
            yield required(at)
            continue
        found = resolve_field_path(text, root, may_index=False)
        if found is None:
            yield invalid_value(at, text, "is an invalid path: does not refer to a valid field")
            continue
        if text.startswith(".metadata"):
            yield invalid_value(at, text, "must not point to fields in metadata")
        if found[1].type not in ("string", "boolean", "integer"):
            detail = "must point to a field of type string, boolean or integer. "
            yield invalid_value(at, text, f"{detail}Enum string fields and strings with formats are allowed.")
        if found[0] in seen:
            yield duplicate(at, text)
        seen.add(found[0])
    if len(seen) > _MOST_SELECTABLE:
        yield too_many(path, len(seen), _MOST_SELECTABLE)


_PER_VERSION = {
    "schema": _check_schema,
    "subresources": _check_subresources,
    "additionalPrinterColumns": _check_columns,
    "selectableFields": _check_selectable,
}


def _check_names(naming: Mapping[str, Any]) -> Iterator[Cause]:
    for field in ("plural", "singular", "kind", "listKind"):
        if not naming.get(field):
            yield required(f"spec.names.{field}")
    for field in ("plural", "singular"):
        name = naming.get(field) or ""
        if name and (problems := names.dns1035_label(name)):
            yield invalid_value(f"spec.names.{field}", name, ",".join(problems))
    for field in ("kind", "listKind"):
        name = naming.get(field) or ""
        if name and (problems := names.dns1035_label(name.lower())):
            text = "may have mixed case, but should otherwise match: " + ",".join(problems)
            yield invalid_value(f"spec.names.{field}", name, text)
    yield from _check_labels(naming.get("shortNames") or [], "spec.names.shortNames")
    if naming.get("kind") and naming.get("kind") == naming.get("listKind"):
        yield invalid_value("spec.names.listKind", naming["listKind"], "kind and listKind may not be the same")
    yield from _check_labels(naming.get("categories") or [], "spec.names.categories")


def _check_labels(labels: list[str], path: str) -> Iterator[Cause]:
    for index, label in enumerate(labels):
        if problems := names.dns1035_label(label):
            yield invalid_value(f"{path}[{index}]", label, ",".join(problems))


def _raw_invalid(path: str, shown: str, detail: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {shown}: {detail}", path)


def _internal_version(version: Mapping[str, Any], shared: Mapping[str, bool]) -> str:
    """A version as the server prints its internal form; what is shared has moved away, the rest is not spelled out."""
    flags = ",".join(f'"{name.capitalize()}":{to_json(bool(version.get(name)))}' for name in ("served", "storage"))
    rest = {
        keyword: "null" if shared[keyword] or not version.get(keyword) else to_json(version[keyword])
        for keyword in shared
    }
    return (
        f'{{"Name":{to_json(version.get("name") or "")},{flags},'
        f'"Deprecated":{to_json(bool(version.get("deprecated")))},"DeprecationWarning":{to_json(version.get("deprecationWarning"))},'
        f'"Schema":{rest["schema"]},"Subresources":{rest["subresources"]},"AdditionalPrinterColumns":{rest["additionalPrinterColumns"]},'
        f'"SelectableFields":{rest["selectableFields"]}}}'
    )


def _check_stored(crd: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Cause]:
    """Every version that objects may be stored in must be listed, and be there."""
    versions = spec.get("versions") or []
    storage = [version.get("name") for version in versions if version.get("storage")]
    stored = (crd.get("status") or {}).get("storedVersions") or storage[:1]
    if not stored:
        yield invalid_value("status.storedVersions", None, "must have at least one stored version")
        return
    unmatched = set(stored)
    for version in versions:
        name = version.get("name")
        if version.get("storage") and name not in unmatched:
            yield invalid_value("status.storedVersions", stored, f"must have the storage version {name}")
        unmatched.discard(name)  # a second version of the name finds it taken
    present = {version.get("name") for version in versions}
    for index, name in enumerate(stored):
        if name not in present:
            text = (
                f"missing from spec.versions; {name} was previously a storage version, and must remain in spec.versions"
                f" until a storage migration ensures no data remains persisted in {name} and removes {name} from "
                "status.storedVersions"
            )
            yield invalid_value(f"status.storedVersions[{index}]", name, text)


def _check_approval(crd: Mapping[str, Any], spec: Mapping[str, Any], old: Mapping[str, Any] | None) -> Iterator[Cause]:
    """Groups of Kubernetes itself need an approved API."""
    group = spec.get("group") or ""
    if old is not None or not any(group == owner or group.endswith(f".{owner}") for owner in _PROTECTED):
        return
    annotation = ((crd.get("metadata") or {}).get("annotations") or {}).get(_APPROVAL, "")
    at = f"metadata.annotations[{_APPROVAL}]"
    if not annotation:
        text = "protected groups must have approval annotation"
        yield required(at, f'{text} "{_APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111')
    elif not annotation.startswith(("unapproved", "https://", "http://")):
        text = "protected groups must have approval annotation"
        detail = f'{text} "{_APPROVAL}" with either a URL or a reason starting with "unapproved", '
        detail += "see https://github.com/kubernetes/enhancements/pull/1111"
        yield invalid_value(at, annotation, detail)


def _check_update(spec: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Cause]:
    before, status = old.get("spec") or {}, old.get("status") or {}
    naming, naming_before = spec.get("names") or {}, before.get("names") or {}
    is_established = any(
        condition.get("type") == "Established" and condition.get("status") == "True"
        for condition in status.get("conditions") or []
    )
    fixed = [("spec.group", spec, before, "group"), ("spec.names.plural", naming, naming_before, "plural")]
    if is_established:
        fixed = [("spec.scope", spec, before, "scope"), ("spec.names.kind", naming, naming_before, "kind"), *fixed]
    for path, now, then, field in fixed:
        if now.get(field) != then.get(field):
            yield invalid_value(path, now.get(field) or "", "field is immutable")
