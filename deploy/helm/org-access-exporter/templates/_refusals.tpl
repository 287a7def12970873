{{- /* What no schema can say: values that are well each by itself, and cannot work together. */ -}}
{{- define "org-access-exporter.refusals" -}}
{{- $inFile := hasPrefix "sqlite:" .Values.state.url }}
{{- if and (gt (int .Values.replicaCount) 1) (include "org-access-exporter.embedded" .) }}
{{- fail (printf "replicaCount is %d, but each pod would have a state of its own (%s), and all of them would ask AWS for the one job it runs at a time: share a state with state.url: dynamodb://TABLE?region=REGION" (int .Values.replicaCount) .Values.state.url) }}
{{- end }}
{{- if and .Values.config .Values.existingConfigSecret }}
{{- fail "config and existingConfigSecret exclude each other: the configuration is either in the values or in the Secret" }}
{{- end }}
{{- if and .Values.webConfig .Values.existingWebConfigSecret }}
{{- fail "webConfig and existingWebConfigSecret exclude each other: the web configuration is either in the values or in the Secret" }}
{{- end }}
{{- if and (eq (toString .Values.serviceMonitor.enabled) "true") .Values.podMonitor.enabled }}
{{- fail "serviceMonitor and podMonitor are both enabled: every series would be scraped twice" }}
{{- end }}
{{- if and .Values.persistence.enabled (not $inFile) }}
{{- fail (printf "persistence is enabled, but the state (%s) is in no file: set state.url: sqlite:////var/lib/org-access-exporter/state.db" .Values.state.url) }}
{{- end }}
{{- if and $inFile (not (hasPrefix "sqlite:////var/lib/org-access-exporter/" .Values.state.url)) (not .Values.extraVolumeMounts) }}
{{- fail (printf "state.url is %s, but only /var/lib/org-access-exporter can be written to: put the file there, or bring a volume with extraVolumes and extraVolumeMounts" .Values.state.url) }}
{{- end }}
{{- if and .Values.aws.roleArn (not .Values.serviceAccount.create) }}
{{- fail "aws.roleArn is an annotation of the service account, and serviceAccount.create is false: annotate your own with eks.amazonaws.com/role-arn" }}
{{- end }}
{{- end }}
