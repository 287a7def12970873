{{- define "org-access-exporter.pod" -}}
metadata:
  labels:
    {{- include "org-access-exporter.selectorLabels" . | nindent 4 }}
    {{- include "org-access-exporter.stableLabels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  # No checksum of the configuration: the program reloads it, and a new pod is a hole in what is scraped.
  annotations: {{- merge (deepCopy .Values.podAnnotations) (dict "kubectl.kubernetes.io/default-container" "exporter") | toYaml | nindent 4 }}
spec:
  serviceAccountName: {{ include "org-access-exporter.serviceAccountName" . | quote }}
  automountServiceAccountToken: {{ .Values.serviceAccount.automountServiceAccountToken }}
  terminationGracePeriodSeconds: {{ int64 .Values.terminationGracePeriodSeconds }}
  {{- include "org-access-exporter.anyPod" . | nindent 2 }}
  {{- with include "org-access-exporter.affinity" . }}
  affinity: {{- . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .Values.hostNetwork }}
  hostNetwork: true
  {{- end }}
  {{- with .Values.initContainers }}
  initContainers: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - {{ include "org-access-exporter.container" . | indent 6 | trim }}
    {{- with .Values.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes: {{- include "org-access-exporter.volumes" . | trim | nindent 4 }}
{{- end }}

{{- /* What the pod of the exporter and that of `helm test` have in common. */ -}}
{{- define "org-access-exporter.anyPod" -}}
enableServiceLinks: false
securityContext: {{- include "org-access-exporter.podSecurityContext" . | nindent 2 }}
{{- with concat .Values.global.imagePullSecrets .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- range $name := list "priorityClassName" "runtimeClassName" "schedulerName" }}
{{- with index $.Values $name }}
{{ $name }}: {{ quote . }}
{{- end }}
{{- end }}
{{- range $name := list "nodeSelector" "tolerations" "hostAliases" "dnsConfig" }}
{{- with index $.Values $name }}
{{ $name }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with default (ternary "ClusterFirstWithHostNet" "" .Values.hostNetwork) .Values.dnsPolicy }}
dnsPolicy: {{ . }}
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

{{- define "org-access-exporter.volumes" -}}
{{- with include "org-access-exporter.configSecret" . }}
- name: config
  secret: {secretName: {{ quote . }}}
{{- end }}
{{- with include "org-access-exporter.webConfigSecret" . }}
- name: web-config
  secret: {secretName: {{ quote . }}}
{{- end }}
{{- with .Values.tls.existingSecret }}
- name: tls
  secret: {secretName: {{ quote . }}}
{{- end }}
{{- if include "org-access-exporter.persistent" . }}
- name: state
  persistentVolumeClaim: {claimName: {{ default (include "org-access-exporter.fullname" .) .Values.persistence.existingClaim | quote }}}
{{- else if include "org-access-exporter.inFile" . }}
- name: state
  emptyDir: {}
{{- end }}
- name: tmp
  emptyDir: {}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
