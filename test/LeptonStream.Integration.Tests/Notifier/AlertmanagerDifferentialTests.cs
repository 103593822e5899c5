using System.Diagnostics;
using System.Text.Json.Nodes;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Routing;
using LeptonStream.Series;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.AlertmanagerStory;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>
/// The same routes, the same alerts at the same times: what the real Alertmanager sends is what we send, notification for notification. It
/// runs in real time, our pipeline in simulated time. Every alert comes well away from every flush, so that a slow machine changes nothing;
/// where it is slower than that, the comparison is made again more slowly.
/// </summary>
public sealed class AlertmanagerDifferentialTests
{
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
        var silences = new Queue<(double From, double To, Matcher[] Matchers)>(Silenced.OrderBy(silence => silence.From));
        foreach (var step in Story.OrderBy(step => step.At))
        {
            await SilenceTo(step.At);
            await Sleep(step.At);
            late = TimeSpan.FromTicks(Math.Max(late.Ticks, (clock.Elapsed - (step.At * unit)).Ticks));
            var startsAt = step.IsEnd ? start : start + ((step.StartsAt ?? step.At) * unit);
            await alertmanager.Post(
                step.Labels.ToDictionary(label => label.Key, label => label.Value),
                step.Annotations.ToDictionary(label => label.Key, label => label.Value),
                startsAt, step.IsEnd ? DateTimeOffset.UtcNow : start.AddDays(1));
        }

        await SilenceTo(End);
        await Sleep(End);
        return (Sorted(sink.Calls.Select(call => (call.Path, JsonNode.Parse(call.Body.GetRawText())!))), late);

        async Task SilenceTo(double time)
        {
            for (; silences.TryPeek(out var next) && next.From <= time; silences.Dequeue())
            {
                await Sleep(next.From);
                await alertmanager.Silence(next.Matchers, start + (next.To * unit));
            }
        }

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
        var mutes = new Mutes(Silences, new Inhibitor(routing.Routes.InhibitRules));
        var sent = new List<(string, JsonNode)>();
        var steps = new Queue<Step>(Story.OrderBy(step => step.At));
        for (var now = 0.0; now <= End; now += 0.05)
        {
            while (steps.TryPeek(out var step) && step.At <= now)
            {
                steps.Dequeue();
                var alert = EventOf(step);
                if (step.IsEnd) mutes.Inhibitor.Remove(alert.AlertId);
                else mutes.Inhibitor.Put(alert.AlertId, alert.RoutingLabels);
                AlertPipeline.OnAlert(groups, alert, pipeline.TargetsOf(alert.RoutingLabels), AlertEvents.At(step.StartsAt ?? step.At),
                    AlertEvents.At(now));
            }

            foreach (var notification in pipeline.OnTick(groups, mutes, AlertEvents.At(now)).Notifications)
            {
                var settings = (WebhookSettings)routing.Channels[(notification.Receiver, notification.Channel)];
                sent.Add((settings.Url.Uri.AbsolutePath.TrimStart('/'),
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
}
