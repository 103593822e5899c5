{{- define "leptonstream.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "leptonstream.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 51 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 51 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Takes root and component. */}}
{{- define "leptonstream.selectorLabels" -}}
app.kubernetes.io/name: {{ include "leptonstream.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* The labels of pods; without the chart's version, which alone is no reason to restart them. Takes root and component. */}}
{{- define "leptonstream.podLabels" -}}
{{ include "leptonstream.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: leptonstream
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Takes root and component. */}}
{{- define "leptonstream.labels" -}}
{{ include "leptonstream.podLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* The metadata of an object that isn't a hook. Takes root, component and suffix (empty: the full name alone). */}}
{{- define "leptonstream.metadata" -}}
name: {{ include "leptonstream.fullname" .root }}{{ with .suffix }}-{{ . }}{{ end }}
namespace: {{ include "leptonstream.namespace" .root }}
labels:
  {{- include "leptonstream.labels" . | nindent 2 }}
{{- end -}}

{{- define "leptonstream.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "leptonstream.serviceAccountName" -}}
{{- $own := ternary (include "leptonstream.fullname" .) "default" .Values.serviceAccount.create -}}
{{- default $own .Values.serviceAccount.name -}}
{{- end -}}

{{- define "leptonstream.image" -}}
{{- $image := .Values.image -}}
{{- $registry := default $image.registry (.Values.global).imageRegistry -}}
{{- $name := ternary (printf "%s/%s" $registry $image.repository) $image.repository (not (empty $registry)) -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}
