using System.Diagnostics;
using System.Text.Json.Nodes;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Routing;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>
/// The same routes, the same alerts at the same times: what the real Alertmanager sends is what we send, notification for notification. It
/// runs in real time, our pipeline in simulated time. Every alert comes well away from every flush, so that a slow machine changes nothing;
/// where it is slower than that, the comparison is made again more slowly.
/// </summary>
public sealed class AlertmanagerDifferentialTests
{
    private const string Routes =
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
        """;

    // Times are in units; groups made at 0.2 are flushed at 1.2, 3.2, 5.2 and so on.
    private static readonly Step[] Story =
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

        // More alerts than a channel shows, in Alertmanager's order; hostile names.
        Fires(0.2, "H", ("kind", "many"), ("job", "b")), Fires(0.3, "H", ("kind", "many"), ("job", "a"), ("instance", "9")),
            Fires(0.4, "H", ("kind", "many"), ("z", "1")),
        Fires(0.5, "H", ("kind", "many"), ("job", "a"), ("instance", "10")),
        Ends(2.2, "H", ("kind", "many"), ("job", "a"), ("instance", "10")),
        Fires(0.2, "q\"u\\o\n二\u200b", ("severity", "<b>&\u2028")),
    ];

    private const double End = 18;

    [Test]
    public async Task Pipeline_SameRoutesAndAlerts_SendsWhatAlertmanagerSends()
    {
        var (sent, late) = await RunAlertmanager(TimeSpan.FromSeconds(1));
        if (late > TimeSpan.FromSeconds(0.25)) (sent, _) = await RunAlertmanager(TimeSpan.FromSeconds(3));

        var ours = RunPipeline();

        Assert.That(ours, Has.Count.GreaterThan(30));
        Assert.That(string.Join('\n', sent), Is.EqualTo(string.Join('\n', ours)));
    }

    private static async Task<(IReadOnlyList<string> Sent, TimeSpan Late)> RunAlertmanager(TimeSpan unit)
    {
        await using var sink = await WebhookSink.Start();
        await using var alertmanager = await Alertmanager.Start(
            Configuration(sink.Url(""), number => $"{number * unit.TotalMilliseconds:0}ms"));
        var late = TimeSpan.Zero;
        var start = DateTimeOffset.UtcNow;
        var clock = Stopwatch.StartNew();
        foreach (var step in Story.OrderBy(step => step.At))
        {
            await Sleep(step.At);
            late = TimeSpan.FromTicks(Math.Max(late.Ticks, (clock.Elapsed - (step.At * unit)).Ticks));
            var startsAt = step.IsEnd ? start : start + ((step.StartsAt ?? step.At) * unit);
            await alertmanager.Post(
                step.Labels.ToDictionary(label => label.Key, label => label.Value),
                step.Annotations.ToDictionary(label => label.Key, label => label.Value),
                startsAt, step.IsEnd ? DateTimeOffset.UtcNow : start.AddDays(1));
        }

        await Sleep(End);
        return (Sorted(sink.Calls.Select(call => (call.Path, JsonNode.Parse(call.Body.GetRawText())!))), late);

        async Task Sleep(double until)
        {
            var left = (until * unit) - clock.Elapsed;
            if (left > TimeSpan.Zero) await Task.Delay(left);
        }
    }

    private static List<string> RunPipeline()
    {
        var routing = RoutingFile.Parse(Configuration("http://sink/", number => $"{number}s"), "routing.yaml", out var errors)!;
        Assert.That(errors, Is.Empty);
        var pipeline = new AlertPipeline(routing.Routes);
        var groups = new AlertGroups();
        var sent = new List<(string, JsonNode)>();
        var steps = new Queue<Step>(Story.OrderBy(step => step.At));
        for (var now = 0.0; now <= End; now += 0.05)
        {
            while (steps.TryPeek(out var step) && step.At <= now)
            {
                steps.Dequeue();
                var alert = EventOf(step);
                AlertPipeline.OnAlert(groups, alert, pipeline.TargetsOf(alert.RoutingLabels), AlertEvents.At(step.StartsAt ?? step.At),
                    AlertEvents.At(now));
            }

            foreach (var notification in pipeline.OnTick(groups, Mutes.None, AlertEvents.At(now)).Notifications)
            {
                var settings = (WebhookSettings)routing.Channels[(notification.Receiver, notification.Channel)];
                sent.Add((settings.Url.AbsolutePath.TrimStart('/'),
                    JsonNode.Parse(WebhookPayload.Write(notification, settings.MaxAlerts, new Uri("http://lepton")))!));
            }
        }

        return Sorted(sent);
    }

    private static string Configuration(string url, Func<double, string> duration) =>
        Routes.Replace("{url}", url).Replace("{1}", duration(1)).Replace("{2}", duration(2)).Replace("{5}", duration(5));

    // In the order sent for each channel and group; which of two groups came first is chance. Addresses and times of day differ by nature.
    private static List<string> Sorted(IEnumerable<(string Path, JsonNode Body)> calls) => [.. calls.Select(call =>
        {
            call.Body["externalURL"] = "";
            foreach (var alert in call.Body["alerts"]!.AsArray())
            {
                alert!["generatorURL"] = "";
                alert["startsAt"] = "";
                alert["endsAt"] = alert["endsAt"]!.GetValue<string>().StartsWith("0001", StringComparison.Ordinal) ? "none" : "some";
            }

            return (call.Path, Key: call.Body["groupKey"]!.GetValue<string>(), Text: call.Body.ToJsonString());
        })
        .OrderBy(call => call.Path, StringComparer.Ordinal).ThenBy(call => call.Key, StringComparer.Ordinal)
        .Select(call => $"{call.Path} {call.Text}")];

    private static AlertEvent EventOf(Step step) => AlertEvents.Opened("metric", step.At) with
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

    private sealed record Step(double At, bool IsEnd, LabelSet Labels, double? StartsAt)
    {
        public LabelSet Annotations => LabelSet.Of(("summary", $"about {Labels["alertname"]}"), ("page", "runbook"));
    }
}
