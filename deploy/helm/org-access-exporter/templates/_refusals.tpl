{{- /* What no schema can say: values that are well each by itself, and cannot work together. */ -}}
{{- define "org-access-exporter.refusals" -}}
{{- include "org-access-exporter.stateRefusals" . }}
{{- include "org-access-exporter.labelRefusals" . }}
{{- if and .Values.config .Values.existingConfigSecret }}
{{- fail "config and existingConfigSecret exclude each other: the configuration is either in the values or in the Secret" }}
{{- end }}
{{- if and .Values.webConfig .Values.existingWebConfigSecret }}
{{- fail "webConfig and existingWebConfigSecret exclude each other: the web configuration is either in the values or in the Secret" }}
{{- end }}
{{- if and (eq (toString .Values.serviceMonitor.enabled) "true") .Values.podMonitor.enabled }}
{{- fail "serviceMonitor and podMonitor are both enabled: every series would be scraped twice" }}
{{- end }}
{{- if and .Values.aws.roleArn (not .Values.serviceAccount.create) }}
{{- fail "aws.roleArn is an annotation of the service account, and serviceAccount.create is false: annotate your own with eks.amazonaws.com/role-arn" }}
{{- end }}
{{- if eq (int .Values.service.port) (int .Values.service.healthPort) }}
{{- fail (printf "service.port and service.healthPort are both %d: one Service cannot have a port twice" (int .Values.service.port)) }}
{{- end }}
{{- $nodePort := int .Values.service.nodePort }}
{{- if and $nodePort (eq $nodePort (int .Values.service.healthNodePort)) }}
{{- fail (printf "service.nodePort and service.healthNodePort are both %d: a node cannot have a port twice" $nodePort) }}
{{- end }}
{{- if and (eq .Values.service.type "ClusterIP") (or $nodePort .Values.service.healthNodePort) }}
{{- fail "service.nodePort is set, but service.type is ClusterIP: it has no port on the nodes" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "ingress.enabled is true, but ingress.hosts is empty: the exporter has its pages at /, and would answer for every host" }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.enabled is true, but httpRoute.parentRefs is empty: a route is a Gateway's" }}
{{- end }}
{{- if and .Values.demo.enabled (or .Values.config .Values.existingConfigSecret (include "org-access-exporter.webConfigSecret" .)) }}
{{- fail "demo.enabled shows a simulated organization, without config, webConfig, their Secrets and tls.existingSecret" }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.stateRefusals" -}}
{{- $inFile := include "org-access-exporter.inFile" . }}
{{- if and (gt (int .Values.replicaCount) 1) (include "org-access-exporter.embedded" .) }}
{{- fail (printf "replicaCount is %d, but each pod would have a state of its own (%s), and all of them would ask AWS for the one job it runs at a time: share a state with state.url: dynamodb://TABLE?region=REGION" (int .Values.replicaCount) .Values.state.url) }}
{{- end }}
{{- if and (eq (toString .Values.persistence.enabled) "true") (not $inFile) }}
{{- fail (printf "persistence is enabled, but the state (%s) is in no file: set state.url: sqlite:////var/lib/org-access-exporter/state.db" (ternary "the demo's" .Values.state.url .Values.demo.enabled)) }}
{{- end }}
{{- if and $inFile (not (hasPrefix "sqlite:////var/lib/org-access-exporter/" .Values.state.url)) (not .Values.extraVolumeMounts) }}
{{- fail (printf "state.url is %s, but only /var/lib/org-access-exporter can be written to: put the file there, or bring a volume with extraVolumes and extraVolumeMounts" .Values.state.url) }}
{{- end }}
{{- end }}

{{- /* By these the chart's objects find each other, and no selector of a workload can be changed. */ -}}
{{- define "org-access-exporter.labelRefusals" -}}
{{- $reserved := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "app.kubernetes.io/version" "app.kubernetes.io/part-of" "app.kubernetes.io/managed-by" "helm.sh/chart" }}
{{- range $name := list "commonLabels" "podLabels" }}
{{- range $label, $_ := index $.Values $name }}
{{- if has $label $reserved }}
{{- fail (printf "%s has %s, which is the chart's own: nameOverride and fullnameOverride change names" $name $label) }}
{{- end }}
{{- if and (eq $name "podLabels") (hasKey $.Values.commonLabels $label) }}
{{- fail (printf "podLabels and commonLabels both have %s: every pod has the commonLabels" $label) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
