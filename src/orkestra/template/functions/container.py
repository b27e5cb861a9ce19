"""Containers of pods, workloads and CronJobs, and the parts of an image's name.

``i`` is an index in the order of the spec, or a container's name.
"""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.arguments import integer, text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import count_at, maps_at, object_of, text_at
from orkestra.template.functions.podspecs import container_of, containers_of, parts_of_image

CONTAINER: Final = Domain("container", [])
function = CONTAINER.function


@function(
    "containerImage(o, i) string",
    "The image of a container, by index or name.",
    "{{ containerImage .children.deployment 0 }}",
    "registry.example.com/acme/web:1.27",
)
def container_image(o: Any, i: Any = 0) -> str:
    return text_at(container_of(object_of(o), i), "image")


@function(
    "containerEnv(o, i, name string) string",
    "The value of one of its environment variables.",
    '{{ containerEnv .children.deployment 0 "MODE" }}',
    "prod",
)
def container_env(o: Any, i: Any, name: Any) -> str:
    wanted = text(name)
    entries = maps_at(container_of(object_of(o), i), "env")
    return next((text_at(entry, "value") for entry in reversed(entries) if entry.get("name") == wanted), "")


@function(
    "containerPort(o, i, port int) bool",
    "Whether it lists the port.",
    "{{ containerPort .children.deployment 0 8080 }}",
    "true",
)
def container_port(o: Any, i: Any, port: Any) -> bool:
    return integer(port) in container_ports(o, i)


@function(
    "containerPortByName(o, i, name string) int",
    "The number of its port of this name; 0 without.",
    '{{ containerPortByName .children.deployment 0 "http" }}',
    "8080",
)
def container_port_by_name(o: Any, i: Any, name: Any) -> int:
    wanted = text(name)
    ports = maps_at(container_of(object_of(o), i), "ports")
    return next((count_at(port, "containerPort") for port in ports if port.get("name") == wanted), 0)


@function(
    "containerPorts(o, i) list",
    "The numbers of its ports.",
    "{{ containerPorts .children.deployment 0 }}",
    "[8080 9090]",
)
def container_ports(o: Any, i: Any = 0) -> list[int]:
    return [count_at(port, "containerPort") for port in maps_at(container_of(object_of(o), i), "ports")]


@function(
    "containerCount(o) int",
    "How many containers a pod has, init containers not counted.",
    "{{ containerCount .children.deployment }}",
    "1",
)
def container_count(o: Any) -> int:
    return len(containers_of(object_of(o)))


@function(
    "imageRegistry(image string) string",
    "The registry an image is pulled from: Docker Hub's where none is written.",
    '{{ imageRegistry "registry.example.com/acme/web:1.27" }}',
    "registry.example.com",
)
def image_registry(image: Any) -> str:
    written = text(image)
    return parts_of_image(written).registry or "docker.io" if written else ""


@function(
    "imageRepository(image string) string",
    "Its repository, without registry and tag.",
    '{{ imageRepository "registry.example.com/acme/web:1.27" }}',
    "acme/web",
)
def image_repository(image: Any) -> str:
    return parts_of_image(text(image)).repository


@function(
    "imageTag(image string) string",
    "Its tag: latest where neither tag nor digest is written.",
    '{{ imageTag "registry.example.com/acme/web:1.27" }}',
    "1.27",
)
def image_tag(image: Any) -> str:
    found = parts_of_image(text(image))
    return found.tag or ("latest" if found.repository and not found.digest else "")
