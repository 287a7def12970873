{{- define "org-access-exporter.pod" -}}
{{- $configSecret := include "org-access-exporter.configSecret" . }}
{{- $webConfigSecret := include "org-access-exporter.webConfigSecret" . }}
{{- $state := hasPrefix "sqlite:" .Values.state.url -}}
metadata:
  labels:
    {{- include "org-access-exporter.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  # No checksum of the configuration: the program reloads it, and a new pod would have to ask for every report.
  annotations:
    kubectl.kubernetes.io/default-container: exporter
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "org-access-exporter.serviceAccountName" . }}
  automountServiceAccountToken: {{ .Values.serviceAccount.automountServiceAccountToken }}
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  securityContext: {{- toYaml .Values.podSecurityContext | nindent 4 }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "org-access-exporter.affinity" . }}
  affinity: {{- . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: exporter
      image: {{ include "org-access-exporter.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
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
        {{- if $configSecret }}
        - --config.file=/etc/org-access-exporter/config.yml
        - --config.enable-auto-reload
        {{- end }}
        {{- if $webConfigSecret }}
        - --web.config.file=/etc/org-access-exporter-web/web.yml
        {{- end }}
        {{- range .Values.extraArgs }}
        - {{ . | quote }}
        {{- end }}
      {{- with .Values.extraEnv }}
      env: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom: {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - {name: http, containerPort: 10078, protocol: TCP}
        - {name: health, containerPort: 10080, protocol: TCP}
      {{- include "org-access-exporter.probe" (dict "name" "startupProbe" "path" "/-/healthy" "values" .Values.startupProbe) | nindent 6 }}
      {{- include "org-access-exporter.probe" (dict "name" "livenessProbe" "path" "/-/healthy" "values" .Values.livenessProbe) | nindent 6 }}
      {{- include "org-access-exporter.probe" (dict "name" "readinessProbe" "path" "/-/ready" "values" .Values.readinessProbe) | nindent 6 }}
      resources: {{- toYaml .Values.resources | nindent 8 }}
      securityContext: {{- toYaml .Values.securityContext | nindent 8 }}
      volumeMounts:
        {{- if $configSecret }}
        - {name: config, mountPath: /etc/org-access-exporter, readOnly: true}
        {{- end }}
        {{- if $webConfigSecret }}
        - {name: web-config, mountPath: /etc/org-access-exporter-web, readOnly: true}
        {{- end }}
        {{- if .Values.tls.existingSecret }}
        - {name: tls, mountPath: /etc/org-access-exporter-tls, readOnly: true}
        {{- end }}
        {{- if $state }}
        - {name: state, mountPath: /var/lib/org-access-exporter}
        {{- end }}
        - {name: tmp, mountPath: /tmp}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    {{- if $configSecret }}
    - name: config
      secret: {secretName: {{ $configSecret }}}
    {{- end }}
    {{- if $webConfigSecret }}
    - name: web-config
      secret: {secretName: {{ $webConfigSecret }}}
    {{- end }}
    {{- with .Values.tls.existingSecret }}
    - name: tls
      secret: {secretName: {{ . }}}
    {{- end }}
    {{- if .Values.persistence.enabled }}
    - name: state
      persistentVolumeClaim: {claimName: {{ default (include "org-access-exporter.fullname" .) .Values.persistence.existingClaim }}}
    {{- else if $state }}
    - name: state
      emptyDir: {}
    {{- end }}
    - name: tmp
      emptyDir: {}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- define "org-access-exporter.probe" -}}
{{- if .values.enabled -}}
{{ .name }}:
  httpGet: {path: {{ .path }}, port: health}
  {{- omit .values "enabled" | toYaml | nindent 2 }}
{{- end }}
{{- end }}

{{- define "org-access-exporter.affinity" -}}
{{- if .Values.affinity }}
{{- toYaml .Values.affinity }}
{{- else if and (gt (int .Values.replicaCount) 1) (ne .Values.antiAffinity "none") }}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "org-access-exporter.selectorLabels" . | fromYaml)) }}
{{- $soft := dict "preferredDuringSchedulingIgnoredDuringExecution" (list (dict "weight" 100 "podAffinityTerm" $term)) }}
{{- $hard := dict "requiredDuringSchedulingIgnoredDuringExecution" (list $term) }}
{{- dict "podAntiAffinity" (ternary $hard $soft (eq .Values.antiAffinity "hard")) | toYaml }}
{{- end }}
{{- end }}
