using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>Routes, alerts and silences that are played to the real Alertmanager and to our pipeline.</summary>
internal static class AlertmanagerStory
{
    public const string Routes =
        """
        route:
          receiver: ops.web
          group_by: [alertname]
          group_wait: {1}
          group_interval: {2}
          repeat_interval: {5}
          labels: {owner: platform}
          routes:
            - receiver: pager
              matchers: ['severity="critical"']
              continue: true
              group_by: [cluster, alertname]
              labels: {page: "yes"}
            - receiver: firing-only
              matchers: ['team=~"infra|platform"', alertname!=Skip]
              routes:
                - receiver: each
                  match: {mode: each}
                  group_by: ['...']
                - match_re: {zone: "a.*"}
                  group_by: []
            - receiver: limited
              matchers: ['{kind="many", absent=""}']
            - receiver: muted
              matchers: [kind=muted]
              mute_time_intervals: [never, always]
              routes:
                - matchers: [sub=yes]
            - receiver: active
              matchers: ['kind=~"(in)?active"']
              active_time_intervals: [always, never]
              routes:
                - matchers: [kind=inactive]
                  active_time_intervals: [never]
            - receiver: labelled
              matchers: ['"label"=~".+"']
              group_by: [alertname, label]
              labels:
                reason: '{{ .GroupLabels.label }} of {{.CommonLabels.alertname}}'
                text: '{{ routeLabels "reason" }} at {{ .Receiver }}'
        receivers:
          - name: ops.web
            webhook_configs: [{url: "{url}ops"}]
          - name: pager
            webhook_configs: [{url: "{url}pager-all"}, {url: "{url}pager-firing", send_resolved: false}]
          - name: firing-only
            webhook_configs: [{url: "{url}firing-only", send_resolved: false}]
          - name: each
            webhook_configs: [{url: "{url}each"}]
          - name: limited
            webhook_configs: [{url: "{url}limited", max_alerts: 2}]
          - name: muted
            webhook_configs: [{url: "{url}muted"}]
          - name: active
            webhook_configs: [{url: "{url}active"}]
          - name: labelled
            webhook_configs: [{url: "{url}labelled"}]
        inhibit_rules:
          - source_matchers: [role="cause"]
            target_matchers: ['role=~"effect|cause"']
            equal: [alertname, zone]
          - source_match: {role: old-cause}
            target_match_re: {role: old-ef.*}
        time_intervals:
          - name: always
            time_intervals: [{weekdays: ['sunday:saturday'], location: Asia/Shanghai}]
        mute_time_intervals:
          - name: never
            time_intervals: [{years: ['2000']}]
        """;

    // Times are in units; groups made at 0.2 are flushed at 1.2, 3.2, 5.2 and so on.
    public static readonly Step[] Story =
    [
        // Gathered, joined, partly over, repeated, all over, and again.
        Fires(0.2, "A", ("instance", "1")), Fires(0.6, "A", ("instance", "2")), Fires(2.2, "A", ("instance", "3")),
        Ends(4.2, "A", ("instance", "1")), Ends(12.2, "A", ("instance", "2")), Ends(12.3, "A", ("instance", "3")),
        Fires(14.2, "A", ("instance", "1")),

        // Over before its group was sent for the first time, alone and beside one that fires.
        Fires(0.2, "I", ("instance", "1")), Fires(0.3, "I", ("instance", "2")), Ends(0.7, "I", ("instance", "2")),

        // Over before it was told; old already; fired and over between two flushes; over and back between two flushes.
        Fires(0.2, "B"), Ends(0.7, "B"),
        Fires(0.4, "C") with { StartsAt = -60 },
        Fires(0.2, "D", ("instance", "1")), Fires(1.7, "D", ("instance", "2")), Ends(2.3, "D", ("instance", "2")),
        Fires(0.2, "E"), Ends(1.7, "E"), Fires(2.3, "E"),

        // Two routes, two channels of which one wants no resolves, nested routes, all labels, no labels.
        Fires(0.2, "F", ("severity", "critical"), ("cluster", "x")),
            Fires(0.3, "F", ("severity", "critical"), ("cluster", "x"), ("instance", "2")),
        Fires(0.2, "F", ("severity", "critical"), ("team", "infra"), ("mode", "each")),
        Fires(0.2, "F", ("severity", "critical"), ("team", "platform"), ("zone", "ab")),
        Ends(4.2, "F", ("severity", "critical"), ("cluster", "x")),
        Ends(6.2, "F", ("severity", "critical"), ("cluster", "x"), ("instance", "2")),
        Ends(4.2, "F", ("severity", "critical"), ("team", "infra"), ("mode", "each")),
        Fires(8.2, "F", ("severity", "critical"), ("team", "infra"), ("mode", "each")),
        Fires(0.2, "G", ("team", "platform"), ("zone", "abc")), Ends(2.2, "G", ("team", "platform"), ("zone", "abc")),
        Fires(4.2, "G", ("team", "platform"), ("zone", "abc")),
        Fires(0.2, "Skip", ("team", "infra")), Fires(0.2, "G2", ("team", "infrastructure")),

        // More alerts than a channel shows, in Alertmanager's order: the one that ends is not among the first, where we show the worst
        // and it does not; hostile names.
        Fires(0.2, "H", ("kind", "many"), ("job", "b")), Fires(0.3, "H", ("kind", "many"), ("job", "a"), ("instance", "9")),
            Fires(0.4, "H", ("kind", "many"), ("z", "1")),
        Fires(0.5, "H", ("kind", "many"), ("job", "a"), ("instance", "10")),
        Ends(2.2, "H", ("kind", "many"), ("z", "1")),
        Fires(0.2, "q\"u\\o\n二\u200b", ("severity", "<b>&\u2028")),

        // Silenced: one of two until 4.8; all until 6.3; one that was sent.
        Fires(0.2, "S1", ("instance", "1")), Fires(0.2, "S1", ("instance", "2")),
        Fires(0.2, "S2"),
        Fires(0.2, "S3", ("instance", "1")), Fires(0.2, "S3", ("instance", "2")),

        // Inhibited before it was sent, and after; both sides of a rule; the older form; labels that differ.
        Fires(0.2, "I1", ("role", "effect")), Fires(0.3, "I1", ("role", "cause")), Ends(4.2, "I1", ("role", "cause")),
        Fires(0.2, "I2", ("role", "effect")), Fires(2.2, "I2", ("role", "cause")), Ends(6.2, "I2", ("role", "cause")),
        Fires(0.2, "I3", ("role", "cause"), ("instance", "1")), Fires(0.3, "I3", ("role", "cause"), ("instance", "2")),
        Fires(0.2, "I4", ("role", "old-cause")), Fires(0.3, "I5", ("role", "old-effect")), Ends(8.2, "I4", ("role", "old-cause")),
        Fires(0.2, "I6", ("role", "effect"), ("zone", "a")), Fires(0.2, "I6", ("role", "cause"), ("zone", "b")),

        // Muted and active times, which no route below inherits; labels of routes.
        Fires(0.2, "T1", ("kind", "muted")), Fires(0.2, "T1", ("kind", "muted"), ("sub", "yes")),
        Fires(0.2, "T1", ("kind", "active")), Fires(0.2, "T1", ("kind", "inactive")),
        Fires(0.2, "L1", ("label", "x")), Fires(0.2, "L1", ("label", "{{ .Receiver }}")),
    ];

    public static readonly (double From, double To, Matcher[] Matchers)[] Silenced =
    [
        (0.1, 4.8, [Is("alertname", "S1"), Matcher.Of("instance", MatchOperator.Matches, "1|3")]),
        (0.1, 6.3, [Is("alertname", "S2")]),
        (2.3, 8.3, [Is("alertname", "S3"), Matcher.Of("instance", MatchOperator.NotEqual, "2")]),
    ];

    /// <summary>The silences as our pipeline knows them.</summary>
    public static IReadOnlyList<Silence> Silences => [.. Silenced.Select((silence, index) => new Silence
    {
        Id = $"silence-{index}",
        Matchers = silence.Matchers,
        StartsAt = AlertEvents.At(silence.From),
        EndsAt = AlertEvents.At(silence.To),
        CreatedBy = "test",
        Comment = "test",
    })];

    private static Matcher Is(string name, string value) => Matcher.Of(name, MatchOperator.Equal, value);

    public static AlertEvent EventOf(Step step) => AlertEvents.Opened("metric", step.At) with
    {
        Type = step.IsEnd ? AlertEventType.Resolved : AlertEventType.Opened,
        AlertId = step.Labels.ToString(),
        RoutingLabels = step.Labels,
        Annotations = step.Annotations,
    };

    private static Step Fires(double at, string name, params (string Name, string Value)[] labels) =>
        new(at, IsEnd: false, LabelSet.Of([("alertname", name), .. labels]), null);

    private static Step Ends(double at, string name, params (string Name, string Value)[] labels) =>
        new(at, IsEnd: true, LabelSet.Of([("alertname", name), .. labels]), null);

    internal sealed record Step(double At, bool IsEnd, LabelSet Labels, double? StartsAt)
    {
        public LabelSet Annotations => LabelSet.Of(("summary", $"about {Labels["alertname"]}"), ("page", "runbook"));
    }
}
