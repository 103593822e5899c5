{{/* Says every reason why the values can't work, in one message. */}}
{{- define "leptonstream.validate" -}}
{{- $kafka := .Values.kafka -}}
{{- $wrong := list -}}
{{- if not $kafka.bootstrapServers -}}
  {{- $wrong = append $wrong "kafka.bootstrapServers is empty: give host:port of the Kafka brokers" -}}
{{- end -}}
{{- if hasPrefix "Sasl" $kafka.securityProtocol -}}
  {{- if not $kafka.sasl.mechanism -}}
    {{- $wrong = append $wrong (printf "kafka.sasl.mechanism is empty, and kafka.securityProtocol is %s: choose Plain, ScramSha256 or ScramSha512" $kafka.securityProtocol) -}}
  {{- else if and (not $kafka.sasl.existingSecret) (not (and $kafka.sasl.username $kafka.sasl.password)) -}}
    {{- $wrong = append $wrong "kafka.sasl.existingSecret is empty: name the secret with the password (or give kafka.sasl.username and kafka.sasl.password, for trials)" -}}
  {{- end -}}
{{- end -}}
{{- if and (or .Values.notifier.enabled .Values.dashboard.enabled) (not .Values.storage.existingSecret) (not .Values.storage.connectionString) -}}
  {{- $wrong = append $wrong "storage.existingSecret is empty: name the secret with the PostgreSQL connection string, which the notifier and the dashboard share (or give storage.connectionString, for trials)" -}}
{{- end -}}
{{- if contains "data source=" (lower .Values.storage.connectionString) -}}
  {{- $wrong = append $wrong "storage.connectionString means SQLite, a file that pods can't share: give one for PostgreSQL (Host=…)" -}}
{{- end -}}
{{- if and .Values.notifier.routing.config .Values.notifier.routing.existingSecret -}}
  {{- $wrong = append $wrong "notifier.routing.config and notifier.routing.existingSecret are both given: choose one" -}}
{{- end -}}
{{- with .Values.detector.policies -}}
  {{- if kindIs "string" . -}}
    {{- with (fromYaml .).Error -}}
      {{- $wrong = append $wrong (printf "detector.policies is a text that is no YAML object: %s" .) -}}
    {{- end -}}
  {{- end -}}
  {{- if hasKey (default dict $.Values.settings.Detector) "PoliciesFile" -}}
    {{- $wrong = append $wrong "detector.policies and settings.Detector.PoliciesFile are both given: choose one" -}}
  {{- end -}}
{{- end -}}
{{- if and (eq .Values.topics.provision "strimzi") (not .Values.topics.strimzi.cluster) -}}
  {{- $wrong = append $wrong "topics.strimzi.cluster is empty: name the Kafka resource whose topics Strimzi shall make" -}}
{{- end -}}
{{- if and .Values.dashboard.ingress.enabled (not .Values.dashboard.ingress.hosts) -}}
  {{- $wrong = append $wrong "dashboard.ingress.hosts is empty: name the host the ingress answers for" -}}
{{- end -}}
{{- range $section, $key := dict "Kafka" "SaslPassword" "Storage" "ConnectionString" -}}
  {{- if hasKey (default dict (get $.Values.settings $section)) $key -}}
    {{- $wrong = append $wrong (printf "settings.%s.%s is a secret, and settings go to a ConfigMap: use %s.existingSecret" $section $key (ternary "kafka.sasl" "storage" (eq $section "Kafka"))) -}}
  {{- end -}}
{{- end -}}
{{- range $section, $key := dict "Health" "Port" "Dashboard" "Url" -}}
  {{- if hasKey (default dict (get $.Values.settings $section)) $key -}}
    {{- $wrong = append $wrong (printf "settings.%s.%s is set by the chart, whose probes and services point there" $section $key) -}}
  {{- end -}}
{{- end -}}
{{- if $wrong -}}
  {{- fail (printf "these values can't work:\n  - %s" (join "\n  - " $wrong)) -}}
{{- end -}}
{{- end -}}

{{/* What the program reads with --config: everything but secrets. */}}
{{- define "leptonstream.appsettings" -}}
{{- $kafka := dict "BootstrapServers" .Values.kafka.bootstrapServers "TopicPrefix" .Values.kafka.topicPrefix "SecurityProtocol" .Values.kafka.securityProtocol -}}
{{- with .Values.kafka.sasl.mechanism }}{{ $_ := set $kafka "SaslMechanism" . }}{{ end -}}
{{- with .Values.kafka.sasl.username }}{{ $_ := set $kafka "SaslUsername" . }}{{ end -}}
{{- if .Values.kafka.tls.ca.existingSecret }}{{ $_ := set $kafka "SslCaLocation" "/etc/lepton/tls/ca.crt" }}{{ end -}}
{{- if .Values.kafka.tls.client.existingSecret -}}
  {{- $_ := set $kafka "SslCertificateLocation" "/etc/lepton/tls/client.crt" -}}
  {{- $_ := set $kafka "SslKeyLocation" "/etc/lepton/tls/client.key" -}}
{{- end -}}
{{- $settings := dict "Kafka" $kafka "Health" (dict "Port" 8081) "Dashboard" (dict "Url" "http://0.0.0.0:8080") -}}
{{- $detector := dict -}}
{{- if include "leptonstream.hasPolicies" . }}{{ $_ := set $detector "PoliciesFile" "/etc/lepton/policies.yaml" }}{{ end -}}
{{- if and .Values.detector.enabled .Values.detector.loops }}{{ $_ := set $detector "Loops" (int .Values.detector.loops) }}{{ end -}}
{{- if $detector }}{{ $_ := set $settings "Detector" $detector }}{{ end -}}
{{- $notifier := dict -}}
{{- if .Values.notifier.kubernetes.enabled }}{{ $_ := set $notifier "Kubernetes" "in-cluster" }}{{ end -}}
{{- if or .Values.notifier.routing.config .Values.notifier.routing.existingSecret }}{{ $_ := set $notifier "RoutingFile" "/etc/lepton/routing.yaml" }}{{ end -}}
{{- with .Values.dashboard.ingress -}}
  {{- if and $.Values.dashboard.enabled .enabled .hosts }}{{ $_ := set $notifier "ExternalUrl" (include "leptonstream.ingressUrl" (dict "ingress" . "host" (first .hosts))) }}{{ end -}}
{{- end -}}
{{- if $notifier }}{{ $_ := set $settings "Notifier" $notifier }}{{ end -}}
{{- if .Values.collector.enabled -}}
  {{- $collector := dict "HttpUrl" "http://0.0.0.0:4318" "GrpcUrl" "http://0.0.0.0:4317" "ConfigFile" "/etc/lepton/collector.yaml" -}}
  {{- if .Values.collector.tokens.existingSecret }}{{ $_ := set $collector "TokensFile" "/etc/lepton/tokens.yaml" }}{{ end -}}
  {{- $_ := set $settings "Collector" $collector -}}
{{- end -}}
{{- mergeOverwrite $settings (deepCopy .Values.settings) | toPrettyJson -}}
{{- end -}}

{{/* The file of detection policies; empty where none are given. */}}
{{- define "leptonstream.policies" -}}
{{- with .Values.detector.policies }}{{ if kindIs "string" . }}{{ . }}{{ else }}{{ toYaml . }}{{ end }}{{ end -}}
{{- end -}}

{{- define "leptonstream.hasPolicies" -}}
{{- if and .Values.detector.enabled (include "leptonstream.policies" . | trim) }}true{{ end -}}
{{- end -}}

{{/* Where people reach the dashboard, without a slash at the end. Takes ingress and host. */}}
{{- define "leptonstream.ingressUrl" -}}
{{ ternary "http" "https" (empty .ingress.tlsSecret) }}://{{ .host }}{{ trimSuffix "/" .ingress.path }}
{{- end -}}

{{/* The secrets that were given as values, for trials; empty where all are in existing secrets. */}}
{{- define "leptonstream.secretValues" -}}
{{- $secret := dict -}}
{{- if and .Values.kafka.sasl.password (not .Values.kafka.sasl.existingSecret) }}{{ $_ := set $secret "kafkaPassword" .Values.kafka.sasl.password }}{{ end -}}
{{- if and .Values.storage.connectionString (not .Values.storage.existingSecret) }}{{ $_ := set $secret "connectionString" .Values.storage.connectionString }}{{ end -}}
{{- if $secret }}{{ toYaml $secret }}{{ end -}}
{{- end -}}

{{/* A list entry of env that takes a key of a secret. Takes variable, secret and key. */}}
{{- define "leptonstream.secretVariable" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end -}}
