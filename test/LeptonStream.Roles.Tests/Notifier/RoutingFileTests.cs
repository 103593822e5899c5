using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Routing;
using LeptonStream.Series;
using LeptonStream.Testing;
using LeptonStream.Yaml;

namespace LeptonStream.Roles.Tests.Notifier;

public sealed class RoutingFileTests
{
    [Test]
    public void Parse_WholeFile_BecomesRoutesAndChannels()
    {
        var routing = Parse(
            """
            route:
              receiver: ops
              group_by: [model, alertname]
              group_wait: 500ms
              group_interval: 1h30m
              repeat_interval: 1d
              labels: {owner: platform}
              routes:
                - receiver: pager
                  matchers:
                    - severity = critical
                    - '{model=~"llama.*|qwen.*", team!=""}'
                  match: {site: lab}
                  match_re: {instance: 'gpu-[0-9]+'}
                  group_by: ['...']
                  continue: true
                - group_by: []
            receivers:
              - name: ops
                webhook_configs:
                  - url: https://hooks.example.org/T0/secret
                    max_alerts: 10
                    timeout: 3s
                  - url: http://127.0.0.1:9/
                    send_resolved: false
                console_configs:
                  - send_resolved: true
              - name: pager
            """);

        var (root, pager, rest) = (routing.Routes.Root, routing.Routes.Root.Routes[0], routing.Routes.Root.Routes[1]);
        Assert.That((root.GroupWait, root.GroupInterval, root.RepeatInterval),
            Is.EqualTo((TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(90), TimeSpan.FromDays(1))));
        Assert.That(root.GroupBy, Is.EqualTo(new[] { "model", "alertname" }));
        Assert.That(pager.Matchers.Select(matcher => matcher.ToString()), Is.EqualTo(new[]
        {
            "instance=~\"^(?:gpu-[0-9]+)$\"", "model=~\"llama.*|qwen.*\"", "severity=\"critical\"", "site=\"lab\"", "team!=\"\"",
        }));
        Assert.That((pager.Receiver.Name, pager.GroupBy, pager.Continue), Is.EqualTo(("pager", (IReadOnlyList<string>?)null, true)));
        Assert.That(rest.GroupBy, Is.Empty);
        Assert.That(rest.Labels, Is.EqualTo(LabelSet.Of(("owner", "platform"))));
        Assert.That(root.Receiver.Channels,
            Is.EqualTo(new[] { new ChannelConfig("webhook/0", true), new ChannelConfig("webhook/1", false),
            new ChannelConfig("console/0", true) }));
        Assert.That(routing.Channels[("ops", "webhook/0")],
            Is.EqualTo(new WebhookSettings(true, new Uri("https://hooks.example.org/T0/secret"), 10, TimeSpan.FromSeconds(3))));
        Assert.That(routing.Channels[("ops", "console/0")], Is.EqualTo(new ConsoleSettings(true)));
    }

    [Test]
    public void Parse_SmallestFile_HasTheDefaults()
    {
        var root = Parse("route: {receiver: ops}\nreceivers: [{name: ops}]").Routes.Root;

        Assert.That((root.GroupWait, root.GroupInterval, root.RepeatInterval),
            Is.EqualTo((TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromHours(4))));
        Assert.That(root.GroupBy, Is.Empty);
    }

    [Test]
    public void Parse_ExampleOfTheDocumentation_IsRight()
    {
        var page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "docs", "configuration.md"));
        var example = page.Split("```yaml\n").First(part => part.StartsWith("route:", StringComparison.Ordinal)).Split("```")[0];

        var routing = Parse(example.Replace("url_file: /etc/lepton/secrets/ops-url", "url: https://example.com", StringComparison.Ordinal));

        Assert.That(routing.Channels, Has.Count.EqualTo(3));
    }

    [Test]
    public void Parse_UrlFile_IsReadWithoutItsLineEnd()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "http://hooks.example.org/x\n");

        var routing = Parse($"route: {{receiver: ops}}\nreceivers:\n- name: ops\n  webhook_configs:\n  - url_file: {file}");

        Assert.That(((WebhookSettings)routing.Channels[("ops", "webhook/0")]).Url.Uri, Is.EqualTo(new Uri("http://hooks.example.org/x")));
        File.Delete(file);
    }

    [TestCase("route: {receiver: ops, group_wiat: 5s}",
        "routing.yaml:1: route.group_wiat is unknown; known here are: active_time_intervals, continue, critical_wait, digest, "
        + "digest_critical, escalation, group_by, group_interval, group_wait, labels, match, match_re, matchers, mute_time_intervals, "
        + "receiver, repeat_interval, routes")]
    [TestCase("route:\n  receiver: ops\n  group_wait: 5 s",
        "routing.yaml:3: route.group_wait is no duration: write a duration such as 500ms, 30s")]
    [TestCase("route:\n  receiver: ops\n  group_interval: 0s", "routing.yaml:3: route.group_interval must be above 0s")]
    [TestCase("route:\n  receiver: ops\n  routes:\n  - receiver: nobody",
        "routing.yaml:4: route.routes[0].receiver is 'nobody', which is not defined; defined are: ops")]
    [TestCase("route: {group_by: [a]}", "route.receiver is missing")]
    [TestCase("route:\n  receiver: ops\n  matchers: [a=b]", "route.matchers must not stand in the root route")]
    [TestCase("route:\n  receiver: ops\n  routes:\n  - matchers:\n    - severity",
        "routing.yaml:5: route.routes[0].matchers has a wrong entry: 'severity' is no matcher")]
    [TestCase("route:\n  receiver: ops\n  routes:\n  - matchers:\n    - 'a=~\"(\"'",
        "routing.yaml:5: route.routes[0].matchers has a wrong entry: 'a=~\"(\"': the regular expression is invalid")]
    [TestCase("route:\n  receiver: ops\n  routes:\n  - match_re: {a: '('}", "routing.yaml:4: route.routes[0].match_re has a wrong entry")]
    [TestCase("route:\n  receiver: ops\n  group_by: ['...', model]",
        "routing.yaml:3: route.group_by has '...' (all labels) beside other labels")]
    [TestCase("route:\n  receiver: ops\n  group_by: [a, a]", "routing.yaml:3: route.group_by holds 'a' twice")]
    [TestCase("route:\n  receiver: ops\n  group_by: model", "routing.yaml:3: route.group_by must be a list of texts")]
    [TestCase("route:\n  receiver: ops\n  continue: yes", "routing.yaml:3: route.continue must be true or false")]
    [TestCase("route:\n  receiver: ops\n  labels: {a: '{{ .X }}'}",
        "routing.yaml:3: route.labels.a is a template with more than .GroupLabels.NAME")]
    [TestCase("route:\n  receiver: ops\n  routes: {a: b}", "routing.yaml:3: route.routes must be a list of mappings")]
    [TestCase("route: ops", "routing.yaml:1: route must be a mapping")]
    [TestCase("rules: []\nroute: {receiver: ops}",
        "routing.yaml:1: rules is unknown; known here are: actions, event_recorder, global, "
            + "inhibit_rules, maintenance, mute_time_intervals, "
        + "receivers, route, schedules, templates, time_intervals, tracing")]
    [TestCase("route:\n  receiver: ops\n  mute_time_intervals: [x]",
        "routing.yaml:3: route.mute_time_intervals must not stand in the root")]
    [TestCase("route:\n  receiver: ops\n  routes:\n  - active_time_intervals:\n    - nights",
        "routing.yaml:5: route.routes[0].active_time_intervals names 'nights', which is not defined")]
    [TestCase("route:\n  receiver: ops\n  routes:\n  - match_re:\n      a:", "routing.yaml:5: route.routes[0].match_re.a has no value")]
    [TestCase("route:\n  receiver: ops\n  routes:\n  - match: {a b: c}",
        "routing.yaml:4: route.routes[0].match names the label 'a b', which 'matchers' alone can")]
    [TestCase("route:\n  receiver: [ops", "routing.yaml:2: ")]
    [TestCase("route: {receiver: ops}\nroute: {receiver: ops}", "routing.yaml:2: ")]
    public void Parse_WrongRoute_NamesLineAndField(string yaml, string expected) =>
        Assert.That(Errors($"{yaml}\nreceivers: [{{name: ops}}]"), Has.Some.Contains(expected));

    // The whole sentence: the name that is at fault is empty.
    [Test]
    public void Parse_EmptyNameInGroupBy_SaysSo() => Assert.That(
        Errors("route:\n  receiver: ops\n  group_by: ['']\nreceivers: [{name: ops}]"),
        Is.EqualTo(new[] { "routing.yaml:3: route.group_by holds an empty label name" }));

    [TestCase("- {name: ops, carrier_pigeon_configs: []}",
        "routing.yaml:3: receivers[0].carrier_pigeon_configs is not supported; supported are: ")]
    [TestCase("- {webhook_configs: []}", "routing.yaml:3: receivers[0].name is missing")]
    [TestCase("- name: ops\n- name: ops", "routing.yaml:3: receivers defines 'ops' twice")]
    [TestCase("- name: ops\n  webhook_configs:\n  - {}",
        "routing.yaml:5: receivers[0].webhook_configs[0].url or url_file must stand here, one of them")]
    [TestCase("- name: ops\n  webhook_configs:\n  - url: ftp://secret.example.org",
        "routing.yaml:5: receivers[0].webhook_configs[0].url holds no address: write an address that begins with http:// or https://")]
    [TestCase("- name: ops\n  webhook_configs:\n  - url_file: /nonexistent",
        "routing.yaml:5: receivers[0].webhook_configs[0].url_file can't be read")]
    [TestCase("- name: ops\n  webhook_configs:\n  - url: http://a\n    max_alerts: -1",
        "routing.yaml:6: receivers[0].webhook_configs[0].max_alerts must be a whole number, 0 or more")]
    [TestCase("- name: ops\n  webhook_configs:\n  - url: http://a\n    timeout: 0s",
        "routing.yaml:6: receivers[0].webhook_configs[0].timeout is '0s': it must be from 100ms to 5m")]
    [TestCase("- name: ops\n  webhook_configs:\n  - url: http://a\n    timeout: 90d",
        "routing.yaml:6: receivers[0].webhook_configs[0].timeout is '90d': it must be from 100ms to 5m")]
    [TestCase("- name: ops\n  webhook_configs:\n  - url: http://a\n    timeout: soon",
        "routing.yaml:6: receivers[0].webhook_configs[0].timeout is no duration: write a duration such as")]
    [TestCase("- name: ops\n  webhook_configs:\n  - url: http://a\n    http_config: {no_proxy: a}",
        "routing.yaml:6: receivers[0].webhook_configs[0].http_config.no_proxy is unknown")]
    [TestCase("- name: ops\n  webhook_configs:\n  - url: http://a\n    http_config: {follow_redirects: true}",
        "routing.yaml:6: receivers[0].webhook_configs[0].http_config.follow_redirects can't be true: a redirect may lead anywhere")]
    [TestCase("- name: ops\n  webhook_configs:\n  - url: http://a\n    http_config: {tls_config: {insecure_skip_verify: true}}",
        "http_config.tls_config.insecure_skip_verify can't be true: certificates are always checked")]
    [TestCase("- name: ops\n  webhook_configs:\n  - url: http://a\n    http_config: {bearer_token: a, basic_auth: {username: b}}",
        "http_config.authorization or basic_auth or bearer_token may stand here, one of them")]
    public void Parse_WrongReceiver_NamesLineAndFieldAndNoSecret(string receivers, string expected)
    {
        var errors = Errors($"route: {{receiver: ops}}\nreceivers:\n{receivers}");

        Assert.That(errors, Has.Some.Contains(expected));
        Assert.That(errors, Has.None.Contains("secret"));
    }

    [Test]
    public void Parse_SecretToSignWithThatIsNone_NamesTheFormAndNotTheSecret() => Assert.That(
        Errors("route: {receiver: ops}\nreceivers:\n- name: ops\n  webhook_configs:\n  - url: http://a\n    signing_secret: whsec_hidden"),
        Has.Some.Contains("signing_secret is no secret to sign with: write 24 to 64 random bytes").And.None.Contains("hidden"));

    [TestCase("")]
    [TestCase("- a")]
    [TestCase("a: b\n---\nc: d")]
    public void Parse_NoMapping_SaysWhatMustStandThere(string yaml) =>
        Assert.That(Errors(yaml), Has.Some.Contains("a mapping with the fields 'route' and 'receivers'"));

    [Test]
    public void Parse_SeveralErrors_ReportsThemAll() =>
        Assert.That(Errors("route: {receiver: ops, a: 1, b: 2, group_wait: x}\nreceivers: [{name: ops, c: 3}]"), Has.Count.EqualTo(4));

    [TestCase("0", 0)]
    [TestCase("0s", 0)]
    [TestCase("1ms", 1)]
    [TestCase("90s", 90_000)]
    [TestCase("1h30m", 5_400_000)]
    [TestCase("1w", 604_800_000)]
    [TestCase("1y2w3d4h5m6s7ms", 33_019_506_007)]
    public void TryParse_Duration_IsRead(string text, double milliseconds)
    {
        Assert.That(DurationText.TryParse(text, out var duration), Is.True);
        Assert.That(duration.TotalMilliseconds, Is.EqualTo(milliseconds));
    }

    [TestCase("")]
    [TestCase("5")]
    [TestCase("5 s")]
    [TestCase("-5s")]
    [TestCase("1.5h")]
    [TestCase("5s1m")]
    [TestCase("5S")]
    [TestCase("99999999y")]
    public void TryParse_NoDuration_IsRefused(string text) => Assert.That(DurationText.TryParse(text, out _), Is.False);

    private static NotifierRouting Parse(string yaml)
    {
        var routing = RoutingFile.Parse(yaml, "routing.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        return routing!;
    }

    private static IReadOnlyList<string> Errors(string yaml)
    {
        Assert.That(RoutingFile.Parse(yaml, "routing.yaml", out var errors), Is.Null);
        return errors;
    }
}
