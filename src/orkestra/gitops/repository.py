"""A Git repository in three layers, ready to sync: runtime, definitions, resources.

    infrastructure/         the runtime: its Helm chart and values; health rules of the tool
    operator-definitions/   base/ (Katalog and CRDs), overlays/<env>/ (Komposer), overlays/<env>/deploy/ (generated)
    applications/<env>/     the custom resources
    clusters/<env>/         what the tool is given: an Application, or Kustomizations

The order is the tool's own: sync waves 0, 1, 2 for Argo CD, ``dependsOn`` for Flux.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from orkestra import __version__
from orkestra.generate.writer import Noted, write
from orkestra.gitops.health import Subject, argocd_config, flux_checks
from orkestra.operator import names

Tool = Literal["argocd", "flux"]
WAVE: Final = "argocd.argoproj.io/sync-wave"
NAMESPACE: Final = "orkestra-system"
_TEAM: Final = "team-platform"
DEFINITION: Final = "orkestra-katalog"
DEFINITIONS: Final = "operator-definitions"
CHART_FOLDER: Final = "infrastructure/orkestra/chart"
VALUES: Final = "infrastructure/orkestra/values.yaml"
"""Of all environments; each has its own beside it: see ``values_of``."""
CRDS: Final = f"{DEFINITIONS}/base/crds"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to write. ``repo``: URL of the repository, which Argo CD needs; ``source``: name of Flux's GitRepository.
    ``definition``: file of ``operator-definitions/base`` -> text, with ``katalog.yaml`` among them."""

    tool: Tool
    environments: tuple[str, ...]
    repo: str
    branch: str
    source: str
    definition: Mapping[str, str]
    resources: Mapping[str, str]
    chart: Mapping[str, str]


def overlay(environment: str) -> str:
    return f"{DEFINITIONS}/overlays/{environment}"


def deploy(environment: str) -> str:
    """The folder of generated manifests: the tool applies it whole, so nothing else may be in it."""
    return f"{overlay(environment)}/deploy"


def values_of(environment: str) -> str:
    """The chart's values of one environment, which win over those of all."""
    return VALUES.replace(".yaml", f"-{environment}.yaml")


def hand_written(wish: Wish) -> dict[str, str]:
    """Path -> text of everything but what is generated from the composed definitions."""
    files = {f"{DEFINITIONS}/base/{name}": text for name, text in wish.definition.items()}
    for environment in wish.environments:
        files[f"{overlay(environment)}/komposer.yaml"] = komposer(environment, wish)
        files[values_of(environment)] = values(environment)
        for name, text in wish.resources.items():
            files[f"applications/{environment}/{name}"] = text
    files["README.md"] = readme(wish)
    files[".github/workflows/validate.yaml"] = workflow(wish)
    files |= {f"{CHART_FOLDER}/{name}": text for name, text in wish.chart.items()}
    files[VALUES] = write([Noted(dict(_VALUES), _VALUES_NOTES)])
    return files


_VALUES: Final[Mapping[str, Any]] = {
    "runtime": {
        "replicaCount": 2,
        "katalog": {"existingConfigMap": DEFINITION, "watch": True},
    }
}
_VALUES_NOTES: Final = (
    "Values of the runtime's chart in every environment; values-<env>.yaml has what differs.",
    f"{CHART_FOLDER}/values.yaml has all that there are, with their meaning.",
    "watch: the definition's ConfigMap is followed through the API, so that a merged change runs within seconds.",
)


def values(environment: str) -> str:
    own = {"runtime": {"config": {"environment": environment}}}
    return write([Noted(own, (f"What differs in {environment}: this wins over {VALUES}.",))])


def komposer(environment: str, wish: Wish) -> str:
    """An overlay that imports the base and changes nothing yet."""
    document = {
        "apiVersion": "orkestra.orkspace.io/v1",
        "kind": "Komposer",
        "metadata": {"name": f"platform-{environment}"},
        "imports": {"files": ["../../base/katalog.yaml"]},
    }
    notes = (
        f"What differs in {environment}: name an entry under spec.crds, and below it only the fields that differ.",
        "After a change run the two commands of README.md, and commit what they write with it.",
    )
    return write([Noted(document, notes)])


def for_tool(wish: Wish, environment: str, subjects: list[Subject]) -> dict[str, str]:
    """Path -> text of what the tool itself reads for one environment."""
    return _WRITERS[wish.tool](wish, environment, subjects)


_COMMIT: Final[Mapping[str, Any]] = {
    "commonAnnotations": {names.COMMIT_ANNOTATION: "$ARGOCD_APP_REVISION"},
    "commonAnnotationsEnvsubst": True,
}


def _argocd(wish: Wish, environment: str, subjects: list[Subject]) -> dict[str, str]:
    def source(path: str, **more: Any) -> dict[str, Any]:
        return {"repoURL": wish.repo, "targetRevision": wish.branch, "path": path, **more}

    value_files = [os.path.relpath(path, CHART_FOLDER) for path in (VALUES, values_of(environment))]
    application = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": f"platform-{environment}",
            "namespace": "argocd",
            "finalizers": Noted(
                ["resources-finalizer.argocd.argoproj.io"],
                ("Deleting the Application deletes what it brought, in reverse waves.",),
            ),
        },
        "spec": {
            "project": "default",
            "destination": {"name": "in-cluster", "namespace": NAMESPACE},
            "sources": [
                Noted(
                    source(
                        CHART_FOLDER,
                        helm={"releaseName": "orkestra", "valueFiles": value_files},
                    ),
                    ("Wave 0: the runtime, and the CRDs.",),
                ),
                source(CRDS),
                Noted(
                    source(deploy(environment), kustomize=_COMMIT),
                    ("Wave 1: the definition and the rights it needs, with the commit they are of.",),
                ),
                Noted(source(f"applications/{environment}"), ("Wave 2: the custom resources.",)),
            ],
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True},
                "syncOptions": ["CreateNamespace=true", "ServerSideApply=true"],
                "retry": {"limit": 5, "backoff": {"duration": "5s", "factor": 2, "maxDuration": "1m"}},
            },
        },
    }
    config = Noted(
        argocd_config(subjects),
        ("Health of our kinds, beside what is in argocd-cm already: kubectl apply --server-side.",),
    )
    manifests = [path.rpartition("/")[2] for path, _ in generations(wish, environment)]
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": manifests,
    }
    return {
        f"clusters/{environment}/application.yaml": write([application]),
        f"{deploy(environment)}/kustomization.yaml": write(
            [Noted(kustomization, ("For Argo CD, which writes the commit on what is listed: see application.yaml.",))]
        ),
        "infrastructure/argocd/argocd-cm.yaml": write([config]),
    }


def _flux(wish: Wish, environment: str, subjects: list[Subject]) -> dict[str, str]:
    source = {"kind": "GitRepository", "name": wish.source}

    def kustomization(name: str, path: str, *needs: str, **more: Any) -> dict[str, Any]:
        spec: dict[str, Any] = {
            "interval": "10m",
            "retryInterval": "30s",
            "timeout": "5m",
            "path": f"./{path}",
            "prune": True,
            "wait": True,
            "sourceRef": source,
        }
        if needs:
            spec["dependsOn"] = [{"name": need} for need in needs]
        return {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": name, "namespace": "flux-system"},
            "spec": spec | more,
        }

    release_folder = f"infrastructure/orkestra/flux/{environment}"
    release = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "orkestra", "namespace": "flux-system"},
        "spec": {
            "interval": "10m",
            "releaseName": "orkestra",
            "targetNamespace": NAMESPACE,
            "install": {"createNamespace": True},
            "chart": {
                "spec": {
                    "chart": f"./{CHART_FOLDER}",
                    "reconcileStrategy": "Revision",
                    "sourceRef": {**source, "namespace": "flux-system"},
                    "valuesFiles": [f"./{CHART_FOLDER}/values.yaml", f"./{VALUES}", f"./{values_of(environment)}"],
                }
            },
        },
    }
    layers = [
        Noted(kustomization("orkestra-runtime", release_folder), ("The runtime: its HelmRelease.",)),
        Noted(
            kustomization("orkestra-crds", CRDS),
            ("The CRDs; deleting them would delete every resource, so they are not pruned.",),
        ),
        Noted(
            kustomization("orkestra-definitions", deploy(environment), "orkestra-runtime", "orkestra-crds"),
            ("The definition and the rights it needs, once the runtime is up.",),
        ),
        Noted(
            kustomization(
                "orkestra-applications",
                f"applications/{environment}",
                "orkestra-definitions",
                healthCheckExprs=flux_checks(subjects),
            ),
            ("The custom resources, once there is somebody to see them.",),
        ),
    ]
    layers[1].value["spec"]["prune"] = False
    return {
        f"clusters/{environment}/kustomizations.yaml": write(layers),
        f"{release_folder}/helmrelease.yaml": write([release]),
    }


def generations(wish: Wish, environment: str) -> list[tuple[str, str]]:
    """(path, the command that writes it) for what is generated from one environment's definitions."""
    wave = f" --annotate {WAVE}=1" if wish.tool == "argocd" else ""
    komposer_file = f"{overlay(environment)}/komposer.yaml"
    folder = deploy(environment)
    return [
        (path, f"ork generate {what} -f {komposer_file}{wave} -o {path}")
        for what, path in (
            ("configmap", f"{folder}/katalog-configmap.yaml"),
            (f"rbac --follow-configmap {DEFINITION}", f"{folder}/rbac.yaml"),
        )
    ]


def readme(wish: Wish) -> str:
    first = wish.environments[0]
    commands = "\n".join(f"    {command}" for env in wish.environments for _, command in generations(wish, env))
    bootstrap = _BOOTSTRAP[wish.tool].format(environment=first)
    return _README.format(bootstrap=bootstrap, commands=commands, environment=first)


def workflow(wish: Wish) -> str:
    steps: list[Any] = [
        Noted({"uses": f"actions/checkout@{_CHECKOUT}"}, ("v4.2.2, by its commit: a tag can be moved.",)),
        Noted(
            {"name": "Install ork", "run": _INSTALL.format(version=__version__)},
            ("Pinned: a new version is a pull request too.",),
        ),
    ]
    for environment in wish.environments:
        steps.append(
            {
                "name": f"Validate {environment}",
                "run": f"ork validate --file {overlay(environment)}/komposer.yaml --output github",
            }
        )
    checks = "\n".join(f"{command} --check" for env in wish.environments for _, command in generations(wish, env))
    steps.append({"name": "What is generated is up to date", "run": checks + "\n"})
    document = {
        "name": "Validate definitions",
        "on": {"pull_request": {"paths": [f"{DEFINITIONS}/**", "infrastructure/**"]}},
        "permissions": {"contents": "read"},
        "jobs": {"validate": {"runs-on": "ubuntu-24.04", "steps": steps}},
    }
    return write([document])


_CHECKOUT: Final = "11bd71901bbe5b1630ceea73d27597364c9af683"
_INSTALL: Final = """\
curl -fsSL https://github.com/orkspace/orkestra/releases/download/v{version}/install.sh | bash -s -- --version {version}
"""
_BOOTSTRAP: Final[Mapping[Tool, str]] = {
    "argocd": """\
    kubectl apply --server-side -f infrastructure/argocd/argocd-cm.yaml
    kubectl apply -f clusters/{environment}/application.yaml
    kubectl get application -n argocd platform-{environment} -w""",
    "flux": """\
    kubectl apply -f clusters/{environment}/kustomizations.yaml
    kubectl get kustomizations -n flux-system -w""",
}
_README: Final = """\
# A platform in three layers

| Folder | Layer | Order |
|---|---|---|
| `infrastructure/` | the runtime: Orkestra's Helm chart and its values | first |
| `operator-definitions/` | what is done for each kind: `base/` for all, `overlays/<env>/` for what differs | then |
| `applications/` | the resources of teams, by environment | last |

`clusters/<env>/` is what the GitOps tool is given.

## The first five minutes

Commit and push this repository. Then, with kubectl on the cluster of `{environment}`:

{bootstrap}

The runtime comes up, then the definition, then the resources, each only when what is before it is healthy. Watch one:

    kubectl get websites -A

## Changing what an operator does

Edit `operator-definitions/`, then make what is generated from it anew, and commit both:

{commands}

The pull request is judged by `.github/workflows/validate.yaml`, without a cluster. Once it is merged, the running
operators take the new definition over without a restart; one with errors is refused, and the one before runs on.

## Changing the runtime

`infrastructure/orkestra/values.yaml` has the chart's values, `values-<env>.yaml` beside it what differs. A new version
of Orkestra is a new chart folder:

    ork generate chart -o infrastructure/orkestra/chart

## Secrets

None of them belongs here. Definitions name them by `fromEnv`, `$VARIABLE` or a reference to a Secret.
"""

_WRITERS: Final[Mapping[Tool, Callable[[Wish, str, list[Subject]], dict[str, str]]]] = {
    "argocd": _argocd,
    "flux": _flux,
}


def starter(tool: Tool) -> tuple[dict[str, str], dict[str, str]]:
    """A definition and a resource to begin with: (files of base/, files of applications/<env>/)."""
    from importlib.resources import files

    folder = files("orkestra.gitops") / "starter"
    definition = {
        name: (folder / source).read_text(encoding="utf-8")
        for name, source in (("katalog.yaml", "katalog.yaml"), ("crds/website.yaml", "crd.yaml"))
    }
    marks = {"annotations": {WAVE: "2"}} if tool == "argocd" else {}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _TEAM, **marks}}
    website = {
        "apiVersion": "platform.example.com/v1",
        "kind": "Website",
        "metadata": {"name": "shop", "namespace": _TEAM, **marks},
        "spec": {"image": "registry.k8s.io/e2e-test-images/agnhost:2.53", "replicas": 2},
    }
    return definition, {"namespace.yaml": write([namespace]), "website.yaml": write([website])}


def chart_files() -> dict[str, str]:
    """The Helm chart of this version, as the package ships it; in a source checkout, that of the checkout.

    Raises FileNotFoundError where there is neither.
    """
    here = Path(__file__).resolve()
    for folder in (here.parents[1] / "chart", here.parents[3] / "charts" / "orkestra"):
        if (folder / "Chart.yaml").is_file():
            return {
                str(path.relative_to(folder)): path.read_text(encoding="utf-8")
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
    raise FileNotFoundError(f"the chart of ork {__version__} is not part of this installation")
