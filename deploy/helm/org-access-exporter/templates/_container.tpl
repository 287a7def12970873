{{- define "org-access-exporter.container" -}}
name: exporter
image: {{ include "org-access-exporter.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: {{- include "org-access-exporter.args" . | trim | nindent 2 }}
{{- with .Values.extraEnv }}
env: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.extraEnvFrom }}
envFrom: {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - {name: http, containerPort: 10078, protocol: TCP}
  - {name: health, containerPort: 10080, protocol: TCP}
{{- include "org-access-exporter.probe" (dict "name" "startupProbe" "path" "/-/healthy" "values" .Values.startupProbe) }}
{{- include "org-access-exporter.probe" (dict "name" "livenessProbe" "path" "/-/healthy" "values" .Values.livenessProbe) }}
{{- include "org-access-exporter.probe" (dict "name" "readinessProbe" "path" "/-/ready" "values" .Values.readinessProbe) }}
{{- with .Values.lifecycle }}
lifecycle: {{- toYaml . | nindent 2 }}
{{- end }}
resources: {{- toYaml .Values.resources | nindent 2 }}
securityContext: {{- toYaml .Values.securityContext | nindent 2 }}
volumeMounts:
  {{- if include "org-access-exporter.configSecret" . }}
  - {name: config, mountPath: /etc/org-access-exporter, readOnly: true}
  {{- end }}
  {{- if include "org-access-exporter.webConfigSecret" . }}
  - {name: web-config, mountPath: /etc/org-access-exporter-web, readOnly: true}
  {{- end }}
  {{- if .Values.tls.existingSecret }}
  - {name: tls, mountPath: /etc/org-access-exporter-tls, readOnly: true}
  {{- end }}
  {{- if include "org-access-exporter.inFile" . }}
  - {name: state, mountPath: /var/lib/org-access-exporter}
  {{- end }}
  - {name: tmp, mountPath: /tmp}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "org-access-exporter.args" -}}
{{- if .Values.demo.enabled }}
- demo
- --web.listen-address=:10078
- --web.health-listen-address=:10080
- --accounts={{ int .Values.demo.accounts }}
{{- else }}
- serve
- --web.listen-address=:10078
- --web.health-listen-address=:10080
- {{ printf "--state.url=%s" .Values.state.url | quote }}
{{- if not (include "org-access-exporter.embedded" .) }}
- --state.poll-interval={{ .Values.state.pollInterval }}
- --ha.lease-duration={{ .Values.state.leaseDuration }}
{{- end }}
- --log.level={{ .Values.log.level }}
- --log.format={{ .Values.log.format }}
{{- if include "org-access-exporter.configSecret" . }}
- --config.file=/etc/org-access-exporter/config.yml
- --config.enable-auto-reload
{{- end }}
{{- with .Values.grafanaUrl }}
- {{ printf "--web.grafana-url=%s" . | quote }}
{{- if include "org-access-exporter.dashed" $ }}
- --web.grafana-uid-prefix={{ include "org-access-exporter.mark" $ }}-
{{- end }}
{{- end }}
{{- if include "org-access-exporter.webConfigSecret" . }}
- --web.config.file=/etc/org-access-exporter-web/web.yml
{{- end }}
{{- end }}
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.probe" }}
{{- if .values.enabled }}
{{ .name }}:
  httpGet: {path: {{ .path }}, port: health}
  {{- omit .values "enabled" | toYaml | nindent 2 }}
{{- end }}
{{- end }}
