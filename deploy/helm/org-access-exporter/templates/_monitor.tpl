{{- /* ServiceMonitor and PodMonitor differ in two names. Takes root, values, kind and the name of the endpoints' key. */ -}}
{{- define "org-access-exporter.monitor" -}}
{{- $values := .values }}
apiVersion: monitoring.coreos.com/v1
kind: {{ .kind }}
metadata: {{- include "org-access-exporter.metadata" (dict "root" .root "namespace" $values.namespace "labels" $values.labels) | nindent 2 }}
spec:
  {{- with $values.jobLabel }}
  jobLabel: {{ quote . }}
  {{- end }}
  {{- if $values.namespace }}
  namespaceSelector: {matchNames: [{{ include "org-access-exporter.namespace" .root | quote }}]}
  {{- end }}
  selector:
    matchLabels: {{- include "org-access-exporter.selectorLabels" .root | nindent 6 }}
  {{- range $limit := list "sampleLimit" "targetLimit" "labelLimit" "labelNameLengthLimit" "labelValueLengthLimit" "bodySizeLimit" }}
  {{- with index $values $limit }}
  {{ $limit }}: {{ ternary (toJson .) (int64 .) (kindIs "string" .) }}
  {{- end }}
  {{- end }}
  {{ .endpoints }}:
    - {{ include "org-access-exporter.endpoint" . | indent 6 | trim }}
{{- end }}

{{- define "org-access-exporter.endpoint" -}}
{{- $values := .values }}
{{- $scheme := default (include "org-access-exporter.scheme" .root) $values.scheme -}}
port: http
path: /metrics
interval: {{ $values.interval }}
scrapeTimeout: {{ $values.scrapeTimeout }}
scheme: {{ $scheme }}
{{- if $values.honorLabels }}
honorLabels: true
{{- end }}
{{- if or $values.collect $values.exclude }}
{{- /* The exporter takes one of them. */}}
params:
  {{ ternary "collect" "exclude" (not (empty $values.collect)) }}[]: {{- default $values.exclude $values.collect | toYaml | nindent 4 }}
{{- end }}
{{- if eq $scheme "https" }}
{{- /* Prometheus asks by address, and no certificate is for an address. */ -}}
{{- $name := printf "%s.%s.svc" (include "org-access-exporter.fullname" .root) (include "org-access-exporter.namespace" .root) }}
tlsConfig: {{- merge (deepCopy $values.tlsConfig) (dict "serverName" $name) | toYaml | nindent 2 }}
{{- end }}
{{- with $values.basicAuth }}
basicAuth: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.relabelings }}
relabelings: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.metricRelabelings }}
metricRelabelings: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
