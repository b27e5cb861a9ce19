"""``spec.conversion`` of a CRD: None, or a webhook that can be reached.

Rules: validateCustomResourceConversion in k8s.io/apiextensions-apiserver
pkg/apis/apiextensions/validation/validation.go; addresses: k8s.io/apiserver pkg/util/webhook/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from orkestra.k8s import names
from orkestra.k8s.errors import Cause
from orkestra.k8s.schema.causes import forbidden, invalid_value, not_supported, required

_REVIEW_VERSIONS = ("v1", "v1beta1")


def check_conversion(conversion: Any, path: str) -> Iterator[Cause]:
    if not isinstance(conversion, Mapping):
        return
    strategy = conversion.get("strategy") or ""
    if not strategy:
        yield required(f"{path}.strategy")
    elif strategy not in ("None", "Webhook"):
        yield not_supported(f"{path}.strategy", strategy, ("None", "Webhook"))
    webhook = conversion.get("webhook")
    config = webhook.get("clientConfig") if isinstance(webhook, Mapping) else None
    versions = (webhook.get("conversionReviewVersions") if isinstance(webhook, Mapping) else None) or []
    if strategy != "Webhook":
        text = "should not be set when strategy is not set to Webhook"
        if config is not None:
            yield forbidden(f"{path}.webhookClientConfig", text)
        if versions:
            yield forbidden(f"{path}.conversionReviewVersions", text)
        return
    if not isinstance(config, Mapping):
        yield required(f"{path}.webhookClientConfig", "required when strategy is set to Webhook")
    else:
        yield from _check_client(config, f"{path}.webhookClientConfig")
    yield from _check_review_versions(versions, f"{path}.conversionReviewVersions")


def _check_client(config: Mapping[str, Any], path: str) -> Iterator[Cause]:
    url, service = config.get("url"), config.get("service")
    if (url is None) == (service is None):
        yield required(path, "exactly one of url or service is required")
    elif url is not None:
        yield from _check_url(str(url), f"{path}.url")
    elif isinstance(service, Mapping):
        yield from _check_service(service, f"{path}.service")


def _check_url(url: str, path: str) -> Iterator[Cause]:
    form = "; desired format: https://host[/path]"
    try:
        parts = urlsplit(url)
    except ValueError as problem:
        yield required(path, f"url must be a valid URL: {problem}{form}")
        return
    if parts.scheme != "https":
        yield invalid_value(path, parts.scheme, f"'https' is the only allowed URL scheme{form}")
    if not parts.netloc:
        yield invalid_value(path, parts.netloc, f"host must be specified{form}")
    if parts.username is not None:
        yield invalid_value(path, parts.username, "user information is not permitted in the URL")
    if parts.fragment:
        yield invalid_value(path, parts.fragment, "fragments are not permitted in the URL")
    if parts.query:
        yield invalid_value(path, parts.query, "query parameters are not permitted in the URL")


def _check_service(service: Mapping[str, Any], path: str) -> Iterator[Cause]:
    if not service.get("name"):
        yield required(f"{path}.name")
    if not service.get("namespace"):
        yield required(f"{path}.namespace")
    port = service.get("port", 443)
    if not isinstance(port, int) or not 1 <= port <= 65535:
        text = "port is not valid: must be between 1 and 65535, inclusive"
        yield invalid_value(f"{path}.port", port, text)
    urlpath = service.get("path")
    if not urlpath or urlpath == "/":
        return
    if urlpath[0] != "/":
        yield invalid_value(f"{path}.path", urlpath, "must start with a '/'")
    for index, step in enumerate(urlpath[1:].removesuffix("/").split("/")):
        if not step:
            yield invalid_value(f"{path}.path", urlpath, f"segment[{index}] may not be empty")
            continue
        for problem in names.dns1123_subdomain(step):
            yield invalid_value(f"{path}.path", urlpath, f"segment[{index}]: {problem}")


def _check_review_versions(versions: list[str], path: str) -> Iterator[Cause]:
    if not versions:
        yield required(path)
        return
    for index, version in enumerate(versions):
        if version in versions[:index]:
            yield invalid_value(f"{path}[{index}]", version, "duplicate version")
            continue
        for problem in names.dns1035_label(version):
            yield invalid_value(f"{path}[{index}]", version, problem)
    if not set(versions) & set(_REVIEW_VERSIONS):
        yield invalid_value(path, versions, f"must include at least one of {', '.join(_REVIEW_VERSIONS)}")
