"""The template functions of the language: those that run, and those of the reference that do not run yet.

The latter compile as declarations without a body, so that a Katalog that uses them is told so instead of being told
that the function is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from orkestra.template import Function
from orkestra.template.functions import builtin_functions

_REFERENCE: Final = {
    "kubernetes": "get meta name namespace labels annotations spec status phase resourceName resourceNamespace "
    "resourceUID resourceVersion creationTimestamp ownerKind ownerName hasCondition conditionReason conditionMessage "
    "resourceExists isTerminating generation observedGeneration isSynced resourceCPU resourceMemory getLabel "
    "getLabelInt hasLabel getAnnotation getAnnotationInt hasAnnotation getStatus hasStatus labelMatches",
    "safe access": "getOr getStringOr getIntOr getBoolOr",
    "collections": "listHas listGet listLen mapGet mapKeys mapValues mapPick mapOmit asList asMap asString",
    "random": "randomAlphanumeric randomHex randomBase64",
    "time": "timeAgo timeSince timeUntil timeFormat isExpired durationSeconds durationAdd durationValid weekday "
    "weekend timeInWindow timeNotInWindow nextCron",
    "cron": "cronToMap cronFromMap cronFromAny cronNormalize cronDescribe cronValid cronField cronMinute cronHour "
    "cronDom cronMonth cronDow cronExpr",
    "semver": "semverMajor semverMinor semverPatch semverValid semverCompare semverBump semverConstraint",
    "net": "cidrContains ipValid ipIsPrivate",
    "quantity": "parseQuantity formatQuantity sumQuantity subtractQuantity",
    "replica": "allReplicasReady replicasReady rolloutComplete readyReplicas availableReplicas updatedReplicas "
    "desiredReplicas",
    "service": "serviceClusterIP serviceNodePort serviceLoadBalancerIP serviceLoadBalancerHost endpointsReady "
    "hasEndpoints serviceEndpoints serviceEndpointCount serviceFirstEndpoint backingPodCount backingPodNames",
    "container": "containerImage containerEnv containerPort containerPortByName containerPorts containerCount "
    "imageRegistry imageRepository imageTag",
    "job": "jobSucceeded jobFailed jobActive jobFirstExitCode jobActivePodNames jobSucceededPodNames jobFailedPodNames "
    "cronJobActiveCount cronJobLastScheduleTime cronJobNextScheduleTime cronJobLastSuccessTime cronJobLastJobName "
    "cronJobLastJobSucceeded cronJobLastSuccessfulJobName",
    "hpa": "hpaCurrentReplicas hpaDesiredReplicas hpaMinReplicas hpaMaxReplicas hpaScaling hpaScalingActive "
    "hpaAbleToScale hpaScalingLimited hpaAtMax hpaScaleTargetName hpaScaleTargetKind hpaMetricTypes",
    "ingress": "ingressReady ingressIP ingressHost ingressClassName ingressRules ingressTLSHosts "
    "ingressLoadBalancerIPs ingressTLSSecretCount",
    "node": "nodeReady nodeAllocatableCPU nodeAllocatableMemory nodeCondition nodeTaints podNodeName podNodeZone "
    "podNodeRegion podNodeInstanceType",
    "pods": "podNames podIPs podPhases podNodes podCount readyPodCount podMaxRestarts hasCrashingPod podByOrdinal "
    "podCrashLoopDetected podImagePullBackOffDetected podErrImagePullDetected podErrorDetected podOOMKilledDetected "
    "podRunContainerErrorDetected podCreateContainerErrorDetected podInvalidImageNameDetected "
    "podPreStartHookErrorDetected podPostStartHookErrorDetected podContainerReasons podContainerState",
    "prometheus": "promValue promSum promMax promAboveThreshold promBelowThreshold promSeriesCount promLabelValues",
    "pvc": "pvcBound pvcPhase pvcCapacity pvcStorageClass pvcAccessModes pvcProvisioner pvcVolumeMode "
    "pvcStorageClassProvisioner pvcStorageClassReclaimPolicy",
    "replicaset": "replicaSetOwnerName replicaSetOwnerKind deploymentReplicaSetCount deploymentReplicaSets "
    "oldDeploymentReplicaSets",
    "statefulset": "statefulSetCurrentRevision statefulSetUpdateRevision statefulSetPVCCount",
    "warnings": "hasWarnings warningCount firstWarning warningMessages warningReasons",
    "validation": "isValidEmail isValidGitRepository isValidURL isValidImageRef isValidJSON isValidPort",
    "kube validation": "isValidLabelValue isValidLabelKey isValidAnnotationKey isDNS1123Subdomain",
    "domain": "domainHost domainBare",
    "serve": "getServeTarget getServeAlias getServeSource hasServeTarget hasServeAlias hasServeSource isDirectApply",
}


@cache
def known_functions() -> Mapping[str, Function]:
    """Every function of the language by name; one without a ``call`` cannot run yet."""
    declared = {
        name: Function(name, domain, f"{name}(…)", "Not run by this version.", "", "", None, 0, None)
        for domain, names in _REFERENCE.items()
        for name in names.split()
    }
    return MappingProxyType(declared | dict(builtin_functions()))
