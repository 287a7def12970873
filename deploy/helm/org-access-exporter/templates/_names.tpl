{{- define "org-access-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "org-access-exporter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{- $name := include "org-access-exporter.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "org-access-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "org-access-exporter.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "org-access-exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
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
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.configSecret" -}}
{{- if .Values.existingConfigSecret -}}
{{ .Values.existingConfigSecret }}
{{- else if .Values.config -}}
{{ include "org-access-exporter.fullname" . }}-config
{{- end }}
{{- end }}

{{- define "org-access-exporter.refusals" -}}
{{- if and (gt (int .Values.replicaCount) 1) (not (hasPrefix "dynamodb:" .Values.state.url)) }}
{{- fail (printf "replicaCount is %d, but each pod would have a state of its own (%s), and all of them would ask AWS for the one job it runs at a time: share a state with state.url: dynamodb://…" (int .Values.replicaCount) .Values.state.url) }}
{{- end }}
{{- if and .Values.config .Values.existingConfigSecret }}
{{- fail "config and existingConfigSecret exclude each other: the configuration is either in the values or in the Secret" }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled }}
{{- fail "serviceMonitor and podMonitor are both enabled: every series would be scraped twice" }}
{{- end }}
{{- if and .Values.persistence.enabled (not (hasPrefix "sqlite:" .Values.state.url)) }}
{{- fail (printf "persistence is enabled, but the state (%s) is in no file: set state.url: sqlite:////var/lib/org-access-exporter/state.db" .Values.state.url) }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.endpoint" -}}
port: http
path: /metrics
interval: {{ .interval }}
scrapeTimeout: {{ .scrapeTimeout }}
scheme: {{ .scheme }}
{{- with .collect }}
params:
  collect[]: {{ toYaml . | nindent 4 }}
{{- end }}
{{- with .tlsConfig }}
tlsConfig: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .basicAuth }}
basicAuth: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .relabelings }}
relabelings: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .metricRelabelings }}
metricRelabelings: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}
