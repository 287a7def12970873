{{- define "org-access-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- /* Kubernetes makes a label of a workload's name and eleven characters, and labels have 63. */ -}}
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

{{- /* The StatefulSet's, which version 0.1.0 of the chart gave another name: what differs in it cannot be changed in
       one that is there. */ -}}
{{- define "org-access-exporter.workloadName" -}}
{{- if include "org-access-exporter.persistent" . -}}
{{- printf "%s-state" (include "org-access-exporter.fullname" . | trunc 46 | trimSuffix "-") }}
{{- else -}}
{{- include "org-access-exporter.fullname" . }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- /* What the labels of all objects say about versions; no pod has them, or every release of the chart would replace it. */ -}}
{{- define "org-access-exporter.versions" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "org-access-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "org-access-exporter.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: exporter
{{- end }}

{{- define "org-access-exporter.testLabels" -}}
{{- set (include "org-access-exporter.selectorLabels" . | fromYaml) "app.kubernetes.io/component" "test" | toYaml }}
{{- end }}

{{- /* Labels of pods: the same from one release of the chart to the next. */ -}}
{{- define "org-access-exporter.stableLabels" -}}
app.kubernetes.io/part-of: {{ .Chart.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Takes root, and what differs: name or suffix, namespace, component, more labels, annotations. Whoever gives a label
       that is there wins. As one map, so that Kubernetes gets text wherever a name looks like a number. */ -}}
{{- define "org-access-exporter.metadata" -}}
{{- $root := .root }}
{{- $labels := include "org-access-exporter.selectorLabels" $root | fromYaml }}
{{- with .component }}
{{- $_ := set $labels "app.kubernetes.io/component" . }}
{{- end }}
{{- $own := merge $labels (include "org-access-exporter.versions" $root | fromYaml) (include "org-access-exporter.stableLabels" $root | fromYaml) }}
{{- $made := dict
    "name" (default (printf "%s%s" (include "org-access-exporter.fullname" $root) (default "" .suffix)) .name)
    "namespace" (default (include "org-access-exporter.namespace" $root) .namespace)
    "labels" (merge (deepCopy (default dict .labels)) $own) }}
{{- with .annotations }}
{{- $_ := set $made "annotations" . }}
{{- end }}
{{- toYaml $made }}
{{- end }}

{{- define "org-access-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "org-access-exporter.fullname" .) .Values.serviceAccount.name }}
{{- else -}}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.image" -}}
{{- with default .Values.image.registry .Values.global.imageRegistry }}{{ trimSuffix "/" . }}/{{ end }}{{ .Values.image.repository }}
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
