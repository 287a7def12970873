{{- /* The text of the rules with values in their places, as `python -m grafana.ruleset` has it. Takes root and text. */ -}}
{{- define "org-access-exporter.rules" -}}
{{- $text := .text }}
{{- $config := omit .root.Values.prometheusRule.config "organizations" }}
{{- $_ := set $config "runbookUrl" (trimSuffix "/" (include "org-access-exporter.runbookUrl" .root)) }}
{{- $_ := set $config "exporterUrl" (trimSuffix "/" $config.exporterUrl) }}
{{- $_ := set $config "grafanaUrl" (trimSuffix "/" (default .root.Values.grafanaUrl $config.grafanaUrl)) }}
{{- range $name, $value := $config }}
{{- /* An annotation that begins with an address needs one. */}}
{{- if not (toString $value) }}
{{- $text = regexReplaceAll (printf "(?m)^ *\\w+: \\$\\{%s\\}.*\n" $name) $text "" }}
{{- end }}
{{- $text = replace (printf "${%s}" $name) (toString $value) $text }}
{{- end }}
{{- $matcher := include "org-access-exporter.organizations" .root }}
{{- $text = replace "${alone}" (ternary (printf "{%s}" $matcher) "" (ne $matcher "")) $text }}
{{- $text = replace "${first}" (ternary (printf "%s, " $matcher) "" (ne $matcher "")) $text }}
{{- if include "org-access-exporter.dashed" .root }}
{{- $text = replace "/d/org-access-" (printf "/d/%s-org-access-" (include "org-access-exporter.mark" .root)) $text }}
{{- end }}
{{- $text }}
{{- end }}

{{- /* A matcher of the organizations that this release exports; nothing where only a Secret says which they are. Another
       release has rules of its own, and no series may come from two. */ -}}
{{- define "org-access-exporter.organizations" -}}
{{- $names := .Values.prometheusRule.config.organizations }}
{{- if not $names }}
{{- range .Values.config.organizations }}
{{- $names = append $names (default "default" .name) }}
{{- end }}
{{- end }}
{{- if and (not $names) (not .Values.existingConfigSecret) }}
{{- $names = list (ternary "demo" "default" .Values.demo.enabled) }}
{{- end }}
{{- if $names }}
{{- $patterns := list }}
{{- range $names }}
{{- $patterns = append $patterns (regexQuoteMeta .) }}
{{- end }}
{{- printf "organization=~%s" (join "|" $patterns | toJson) }}
{{- end }}
{{- end }}

{{- /* Where the runbooks are: where somebody says, or in the repository, once the chart knows that. */ -}}
{{- define "org-access-exporter.runbookUrl" -}}
{{- if .Values.prometheusRule.runbookUrl }}
{{- .Values.prometheusRule.runbookUrl }}
{{- else if .Values.repositoryUrl }}
{{- printf "%s/blob/v%s/docs/runbooks" (trimSuffix "/" .Values.repositoryUrl) .Chart.AppVersion }}
{{- end }}
{{- end }}
