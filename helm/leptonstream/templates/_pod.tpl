{{/*
The specification of every pod. Takes:
  root, component
  args        what `lepton` is started with
  uses        of "kafka", "storage", "routing", "policies", "collector", "edge": what it gets the secrets and files of
  pod         the component's values
  port        name and number of the port it serves health on, where it does
  static      whether it joins its consumer group under the pod's name
  objects     name of the ConfigMap and Secret with its settings: a hook runs before the release's own exist
  restart     restart policy
  account     name of the service account
  token       whether the pod has a token of it
*/}}
{{- define "leptonstream.pod" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
{{- $pod := .pod -}}
{{- $kafka := has "kafka" .uses -}}
{{- $storage := has "storage" .uses -}}
{{- $edge := has "edge" .uses -}}
{{- $kernelDevice := ternary $pod.kernelLogDevice "" $edge -}}
{{- /* A device plugin puts the device there itself. */ -}}
{{- $kernelLog := ternary $pod.kernelLog "" (and $edge (not $kernelDevice)) -}}
{{- $own := list -}}
{{- range $pod.extraEnv }}{{ $own = append $own .name }}{{ end -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: {{ default false .token }}
{{- with concat (default list ($values.global).imagePullSecrets) $values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
enableServiceLinks: false
{{- if and $edge $pod.hostNetwork }}
hostNetwork: true
dnsPolicy: ClusterFirstWithHostNet
{{- end }}
restartPolicy: {{ .restart }}
{{- with $pod.terminationGracePeriodSeconds }}
terminationGracePeriodSeconds: {{ . }}
{{- end }}
{{- with $pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with default $values.podSecurityContext $pod.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.initContainers }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: {{ .component }}
    image: {{ include "leptonstream.image" $root }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    args:
      {{- toYaml .args | nindent 6 }}
      - --config
      - /etc/lepton/appsettings.json
    {{- if hasPrefix "/dev/" $kernelLog }}
    # Without it no container may open a device of the node; with edge.kernelLogDevice a device plugin hands it over.
    securityContext: {privileged: true, readOnlyRootFilesystem: true}
    {{- else if $kernelDevice }}
    # Where the node sets kernel.dmesg_restrict, the device opens with this capability alone.
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL], add: [SYSLOG]}
    {{- else }}
    {{- with $values.securityContext }}
    securityContext:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- end }}
    env:
      {{- if $edge }}
      {{- include "leptonstream.edgeEnv" $pod | nindent 6 }}
      {{- end }}
      {{- if not (has "DOTNET_GCHeapHardLimitPercent" $own) }}
      # Hexadecimal: 55 % of the memory limit, for the Kafka client's buffers lie outside the managed heap.
      - name: DOTNET_GCHeapHardLimitPercent
        value: "37"
      {{- end }}
      {{- if .static }}
      - name: LEPTON_Kafka__GroupInstanceId
        valueFrom: {fieldRef: {fieldPath: metadata.name}}
      {{- end }}
      {{- if and $kafka (hasPrefix "Sasl" $values.kafka.securityProtocol) }}
      {{- with $values.kafka.sasl }}
      {{- if and .existingSecret (not .username) }}
      {{- include "leptonstream.secretVariable" (dict "variable" "LEPTON_Kafka__SaslUsername" "secret" .existingSecret "key" .usernameKey) | nindent 6 }}
      {{- end }}
      {{- if .existingSecret }}
      {{- include "leptonstream.secretVariable" (dict "variable" "LEPTON_Kafka__SaslPassword" "secret" .existingSecret "key" .passwordKey) | nindent 6 }}
      {{- else if .password }}
      {{- include "leptonstream.secretVariable" (dict "variable" "LEPTON_Kafka__SaslPassword" "secret" $.objects "key" "kafkaPassword") | nindent 6 }}
      {{- end }}
      {{- end }}
      {{- end }}
      {{- if $storage }}
      {{- with $values.storage }}
      {{- if .existingSecret }}
      {{- include "leptonstream.secretVariable" (dict "variable" "LEPTON_Storage__ConnectionString" "secret" .existingSecret "key" .existingSecretKey) | nindent 6 }}
      {{- else if .connectionString }}
      {{- include "leptonstream.secretVariable" (dict "variable" "LEPTON_Storage__ConnectionString" "secret" $.objects "key" "connectionString") | nindent 6 }}
      {{- end }}
      {{- end }}
      {{- end }}
      {{- with $pod.extraEnv }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- with $pod.extraEnvFrom }}
    envFrom:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with .port }}
    ports:
      - name: {{ .name }}
        containerPort: {{ .number }}
      {{- if has "collector" $.uses }}
      - {name: http, containerPort: 4318}
      - {name: grpc, containerPort: 4317}
      {{- end }}
    startupProbe:
      httpGet: {path: /healthz/live, port: {{ .name }}}
      {{- toYaml $pod.startupProbe | nindent 6 }}
    livenessProbe:
      httpGet: {path: /healthz/live, port: {{ .name }}}
      {{- toYaml $pod.livenessProbe | nindent 6 }}
    readinessProbe:
      httpGet: {path: /healthz/ready, port: {{ .name }}}
      {{- toYaml $pod.readinessProbe | nindent 6 }}
    {{- end }}
    {{- with $pod.lifecycle }}
    lifecycle:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with ternary (mergeOverwrite (deepCopy (default dict $pod.resources)) (dict "limits" (dict $kernelDevice 1))) $pod.resources (ne $kernelDevice "") }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    volumeMounts:
      - {name: settings, mountPath: /etc/lepton, readOnly: true}
      - {name: tmp, mountPath: /tmp}
      {{- if $edge }}
      - {name: spool, mountPath: /var/lib/leptonstream}
      {{- with $kernelLog }}
      - {name: kernel-log, mountPath: {{ ternary . (dir .) (hasPrefix "/dev/" .) }}, readOnly: true}
      {{- end }}
      {{- end }}
      {{- with $pod.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
  {{- with $pod.extraContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  - name: tmp
    emptyDir: {}
  {{- if $edge }}
  - name: spool
    hostPath: {path: {{ $pod.hostPath }}, type: DirectoryOrCreate}
  {{- with $kernelLog }}
  - name: kernel-log
    hostPath: {path: {{ ternary . (dir .) (hasPrefix "/dev/" .) }}, type: {{ ternary "CharDevice" "Directory" (hasPrefix "/dev/" .) }}}
  {{- end }}
  {{- end }}
  - name: settings
    projected:
      sources:
        - configMap:
            name: {{ .objects }}
            items: [{key: appsettings.json, path: appsettings.json}]
        {{- if has "routing" .uses }}
        {{- with $values.notifier.routing }}
        {{- if .existingSecret }}
        - secret:
            name: {{ .existingSecret }}
            items: [{key: {{ .existingSecretKey }}, path: routing.yaml}]
        {{- else if .config }}
        - configMap:
            name: {{ include "leptonstream.fullname" $root }}-routing
            items: [{key: routing.yaml, path: routing.yaml}]
        {{- end }}
        {{- if .templates }}
        - configMap:
            name: {{ include "leptonstream.fullname" $root }}-templates
            items:
              {{- range $file, $_ := .templates }}
              - {key: {{ $file }}, path: templates/{{ $file }}}
              {{- end }}
        {{- end }}
        {{- end }}
        {{- end }}
        {{- /* No checksum of these makes new pods: the detector sees the change of the mounted file. */}}
        {{- if and (has "policies" .uses) (include "leptonstream.hasPolicies" $root) }}
        - configMap:
            name: {{ include "leptonstream.fullname" $root }}-policies
            items: [{key: policies.yaml, path: policies.yaml}]
        {{- end }}
        {{- if has "collector" .uses }}
        - configMap:
            name: {{ include "leptonstream.fullname" $root }}-collector
            items: [{key: collector.yaml, path: collector.yaml}]
        {{- with $values.collector.tokens }}
        {{- if .existingSecret }}
        - secret:
            name: {{ .existingSecret }}
            items: [{key: {{ .existingSecretKey }}, path: tokens.yaml}]
        {{- end }}
        {{- end }}
        {{- end }}
        {{- if $edge }}
        - configMap:
            name: {{ include "leptonstream.fullname" $root }}-edge
            items: [{key: edge.yaml, path: edge.yaml}]
        {{- end }}
        {{- if $kafka }}
        {{- with $values.kafka.tls.ca }}
        {{- if .existingSecret }}
        - secret:
            name: {{ .existingSecret }}
            items: [{key: {{ .key }}, path: tls/ca.crt}]
        {{- end }}
        {{- end }}
        {{- with $values.kafka.tls.client }}
        {{- if .existingSecret }}
        - secret:
            name: {{ .existingSecret }}
            items: [{key: {{ .certificateKey }}, path: tls/client.crt}, {key: {{ .keyKey }}, path: tls/client.key}]
        {{- end }}
        {{- end }}
        {{- end }}
  {{- with $pod.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $pod.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
The settings that an edge has for itself, and those that keep the runtime small. Takes the values of the edge. The file with all settings
may speak of the collector's addresses and tokens.
*/}}
{{- define "leptonstream.edgeEnv" -}}
- {name: LEPTON_Edge__SpoolPath, value: /var/lib/leptonstream}
- {name: LEPTON_Edge__KernelLog, value: {{ ternary "/dev/kmsg" .kernelLog (ne .kernelLogDevice "") | quote }}}
{{- with .alertWebhook }}
- {name: LEPTON_Edge__AlertWebhook, value: {{ . | quote }}}
{{- end }}
- {name: LEPTON_Collector__ConfigFile, value: /etc/lepton/edge.yaml}
- {name: LEPTON_Collector__HttpUrl, value: "http://127.0.0.1:4318"}
- {name: LEPTON_Collector__GrpcUrl, value: ""}
- {name: LEPTON_Collector__TokensFile, value: ""}
- {name: LEPTON_Health__Port, value: {{ .healthPort | quote }}}
- {name: DOTNET_gcConcurrent, value: "0"}
- {name: DOTNET_GCConserveMemory, value: "5"}
- {name: DOTNET_GCgen0size, value: "100000"}
- {name: DOTNET_TieredPGO, value: "0"}
- {name: MALLOC_ARENA_MAX, value: "1"}
{{- end -}}
