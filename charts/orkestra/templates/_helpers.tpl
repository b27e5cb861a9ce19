{{- define "orkestra.name" -}}
{{- default .Chart.Name .Values.global.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "orkestra.fullname" -}}
{{- if .Values.global.fullnameOverride -}}
{{- .Values.global.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "orkestra.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "orkestra.namespace" -}}
{{- default .Release.Namespace .Values.global.namespace -}}
{{- end -}}

{{- define "orkestra.selector" -}}
app.kubernetes.io/name: {{ include "orkestra.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: runtime
{{- end -}}

{{- define "orkestra.labels" -}}
{{ include "orkestra.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
orkestra.orkspace.io/komponent: runtime
{{- end -}}

{{- define "orkestra.metadata" -}}
{{- $root := index . 0 -}}
name: {{ index . 1 }}
namespace: {{ include "orkestra.namespace" $root }}
labels:
  {{- include "orkestra.labels" $root | nindent 2 }}
{{- end -}}

{{- define "orkestra.image" -}}
{{- $image := .Values.runtime.image -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "orkestra.configmap" -}}
{{- if .Values.runtime.katalog.inline -}}
{{- printf "%s-katalog" (include "orkestra.fullname" .) -}}
{{- else -}}
{{- required "runtime.katalog: set inline, or name an existingConfigMap" .Values.runtime.katalog.existingConfigMap -}}
{{- end -}}
{{- end -}}

{{- define "orkestra.check" -}}
{{- $most := ternary .Values.runtime.hpa.maxReplicas .Values.runtime.replicaCount .Values.runtime.hpa.enabled -}}
{{- if and (not .Values.runtime.leaderElection.enabled) (gt (int $most) 1) -}}
{{- fail "runtime.leaderElection.enabled: false needs runtime.replicaCount: 1 (and no hpa): two that act would undo each other's work" -}}
{{- end -}}
{{- $timing := .Values.runtime.leaderElection -}}
{{- if not (and (lt (mulf $timing.retryPeriod 1.2) (float64 $timing.renewDeadline)) (lt (float64 $timing.renewDeadline) (float64 $timing.leaseDuration))) -}}
{{- fail "runtime.leaderElection: expected retryPeriod * 1.2 < renewDeadline < leaseDuration" -}}
{{- end -}}
{{- if and .Values.runtime.pdb.enabled (eq (kindIs "invalid" .Values.runtime.pdb.minAvailable) (kindIs "invalid" .Values.runtime.pdb.maxUnavailable)) -}}
{{- fail "runtime.pdb: set one of minAvailable and maxUnavailable, and the other to null" -}}
{{- end -}}
{{- end -}}
