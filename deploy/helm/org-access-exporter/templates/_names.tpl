{{- define "org-access-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- /* Kubernetes makes a label of a StatefulSet's name and eleven characters, and labels have 63. */ -}}
{{- define "org-access-exporter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else -}}
{{- $name := include "org-access-exporter.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "org-access-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: exporter
{{- end }}

{{- define "org-access-exporter.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: {{ .Chart.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.labels" -}}
{{ include "org-access-exporter.selectorLabels" . }}
{{ include "org-access-exporter.commonLabels" . }}
{{- end }}

{{- /* Takes root, and what differs: name or suffix, namespace, more labels, annotations. */ -}}
{{- define "org-access-exporter.metadata" -}}
name: {{ default (printf "%s%s" (include "org-access-exporter.fullname" .root) (default "" .suffix)) .name }}
namespace: {{ default .root.Release.Namespace .namespace }}
labels:
  {{- include "org-access-exporter.labels" .root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "org-access-exporter.fullname" .) .Values.serviceAccount.name }}
{{- else -}}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.image" -}}
{{- with .Values.image.registry }}{{ . }}/{{ end }}{{ .Values.image.repository }}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end }}
{{- end }}

{{- define "org-access-exporter.configSecret" -}}
{{- if .Values.existingConfigSecret -}}
{{ .Values.existingConfigSecret }}
{{- else if .Values.config -}}
{{ include "org-access-exporter.fullname" . }}-config
{{- end }}
{{- end }}

{{- define "org-access-exporter.webConfigSecret" -}}
{{- if .Values.existingWebConfigSecret -}}
{{ .Values.existingWebConfigSecret }}
{{- else if or .Values.webConfig .Values.tls.existingSecret -}}
{{ include "org-access-exporter.fullname" . }}-web-config
{{- end }}
{{- end }}

{{- /* webConfig, with the certificate of tls.existingSecret where it names none. */ -}}
{{- define "org-access-exporter.webConfig" -}}
{{- $web := deepCopy .Values.webConfig }}
{{- if .Values.tls.existingSecret }}
{{- $files := dict "cert_file" "/etc/org-access-exporter-tls/tls.crt" "key_file" "/etc/org-access-exporter-tls/tls.key" }}
{{- $_ := set $web "tls_server_config" (merge (default dict $web.tls_server_config) $files) }}
{{- end }}
{{- toYaml $web }}
{{- end }}

{{- define "org-access-exporter.scheme" -}}
{{- if or .Values.tls.existingSecret .Values.webConfig.tls_server_config }}https{{ else }}http{{ end }}
{{- end }}

{{- /* What "auto" comes to: "true" or nothing. Takes the root and a value of the kind true, false or auto. */ -}}
{{- define "org-access-exporter.enabled" -}}
{{- if eq (toString .value) "auto" }}
{{- if .root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}true{{ end }}
{{- else if .value }}true{{ end }}
{{- end }}

{{- define "org-access-exporter.embedded" -}}
{{- if not (hasPrefix "dynamodb:" .Values.state.url) }}true{{ end }}
{{- end }}
