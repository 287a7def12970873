{{- /* What "auto" comes to: "true" or nothing. Takes the root, a value of the kind true, false or auto, and the kind of
       object that the cluster has to know: a group of which some kinds are there is no promise of the others. */ -}}
{{- define "org-access-exporter.enabled" -}}
{{- if eq (toString .value) "auto" }}
{{- if .root.Capabilities.APIVersions.Has (printf "monitoring.coreos.com/v1/%s" .kind) }}true{{ end }}
{{- else if .value }}true{{ end }}
{{- end }}

{{- define "org-access-exporter.serviceMonitored" -}}
{{- if not .Values.podMonitor.enabled }}
{{- include "org-access-exporter.enabled" (dict "root" . "value" .Values.serviceMonitor.enabled "kind" "ServiceMonitor") }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.ruled" -}}
{{- include "org-access-exporter.enabled" (dict "root" . "value" .Values.prometheusRule.enabled "kind" "PrometheusRule") }}
{{- end }}

{{- /* Grafana's sidecar comes with the Operator's stack, and has no kind of its own. */ -}}
{{- define "org-access-exporter.dashed" -}}
{{- include "org-access-exporter.enabled" (dict "root" . "value" .Values.dashboards.enabled "kind" "ServiceMonitor") }}
{{- end }}

{{- define "org-access-exporter.embedded" -}}
{{- if not (hasPrefix "dynamodb:" .Values.state.url) }}true{{ end }}
{{- end }}

{{- /* Whether the state is a file, in a volume of the pod. */ -}}
{{- define "org-access-exporter.inFile" -}}
{{- if and (hasPrefix "sqlite:" .Values.state.url) (not .Values.demo.enabled) }}true{{ end }}
{{- end }}

{{- define "org-access-exporter.persistent" -}}
{{- if eq (toString .Values.persistence.enabled) "auto" }}
{{- include "org-access-exporter.inFile" . }}
{{- else if .Values.persistence.enabled }}true{{ end }}
{{- end }}

{{- /* Whether no node may have two pods, not even while one takes the place of another. */ -}}
{{- define "org-access-exporter.apart" -}}
{{- $own := and (not .Values.affinity) (eq .Values.antiAffinity "hard") }}
{{- if or $own .Values.hostNetwork (dig "podAntiAffinity" "requiredDuringSchedulingIgnoredDuringExecution" nil .Values.affinity) }}true{{ end }}
{{- end }}

{{- /* OpenShift gives every namespace numbers of its own, and refuses those that somebody else has chosen. */ -}}
{{- define "org-access-exporter.podSecurityContext" -}}
{{- $there := .Capabilities.APIVersions.Has "security.openshift.io/v1/SecurityContextConstraints" }}
{{- if or (eq (toString .Values.openshift) "true") (and (eq (toString .Values.openshift) "auto") $there) }}
{{- omit .Values.podSecurityContext "runAsUser" "runAsGroup" "fsGroup" | toYaml }}
{{- else }}
{{- toYaml .Values.podSecurityContext }}
{{- end }}
{{- end }}
