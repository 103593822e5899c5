using LeptonStream.Alerting;
using LeptonStream.Alerting.Flapping;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting;

/// <summary>
/// A story for the alert pipeline, told in seconds: what fires when, and what was sent. Time passes in small steps.
/// What is sent reads <c>5s ops: first notification +latency +errors -queue</c> (plus: firing, minus: resolved).
/// </summary>
internal sealed class NotificationStory(RoutingConfig routing, double step = 0.25)
{
    private AlertPipeline _pipeline = new(new RouteTree(routing));
    private readonly Inhibitor _inhibitor = new(routing.InhibitRules);
    private readonly List<Silence> _silences = [];
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, CareTaken> _acknowledged = [];
    private readonly Dictionary<Fingerprint, Timestamp> _flapping = [];
    private readonly Dictionary<(string Group, string Channel), int> _refusals = [];
    private double _now;

    public AlertGroups Groups { get; private set; } = new();

    public List<Notification> Sent { get; } = [];

    /// <summary>Those of them that their channel took.</summary>
    public List<Notification> Delivered { get; } = [];

    /// <summary>Whether channels refuse what is sent to them now, for good.</summary>
    public bool Refuses { get; set; }

    /// <summary>What was left out of each flush: <c>5s latency: silence [id]</c>.</summary>
    public List<string> Suppressed { get; } = [];

    public IEnumerable<string> Lines => Sent.Select(Line);

    public NotificationStory Fires(string alert, double at, AlertSeverity severity = AlertSeverity.Warning, string model = "llama-70b",
        LabelSet? labels = null, double? publishedAt = null) =>
        Happens(AlertEvents.Opened(alert, at, severity, model, labels), at, publishedAt ?? at);

    public NotificationStory Changes(string alert, double at, AlertSeverity severity, string model = "llama-70b",
        LabelSet? labels = null) =>
        Happens(AlertEvents.Updated(alert, at, severity, model, labels), at, at);

    public NotificationStory Resolves(string alert, double at, AlertSeverity severity = AlertSeverity.Warning, string model = "llama-70b",
        LabelSet? labels = null) =>
        Happens(AlertEvents.Resolved(alert, at, severity, model, labels), at, at);

    /// <summary>Somebody silences something; it holds when its time has come.</summary>
    public NotificationStory Silences(Silence silence)
    {
        _silences.Add(silence);
        return this;
    }

    /// <summary>Somebody acknowledges an alert, as early as it is known.</summary>
    public NotificationStory Acknowledges(string alert)
    {
        _acknowledged[AlertEvents.Opened(alert).AlertId] = new("rosa", AlertEvents.At(_now));
        return this;
    }

    /// <summary>An alert flaps from now on.</summary>
    public NotificationStory Flaps(string alert, double at, string model = "llama-70b")
    {
        PassTo(at - step);
        _flapping[FlapState.KeyOf(AlertEvents.Opened(alert, model: model).RoutingLabels)] = AlertEvents.At(at);
        return this;
    }

    /// <summary>No alert flaps any more.</summary>
    public NotificationStory IsSteady(double at)
    {
        PassTo(at - step);
        _flapping.Clear();
        return this;
    }

    /// <summary>The program is started again: with other routes, or (by default) with only what a store would have kept.</summary>
    public NotificationStory Restarts(double at, RoutingConfig? with = null)
    {
        PassTo(at);
        Groups = StoredAndRead(Groups);
        if (with is null) return this;
        _pipeline = new(new RouteTree(with));
        _pipeline.Reroute(Groups, Groups.All.SelectMany(group => group.Alerts.Values).Select(alert => alert.AlertId).ToHashSet(),
            AlertEvents.At(at));
        return this;
    }

    public NotificationStory PassTo(double time)
    {
        for (; _now <= time; _now += step)
        {
            var mutes = new Mutes(_silences, _inhibitor)
            {
                Acknowledged = _acknowledged, Maintenance = routing.Maintenance, Flapping = _flapping,
            };
            var outcome = _pipeline.OnTick(Groups, mutes, AlertEvents.At(_now));
            Sent.AddRange(outcome.Notifications);
            foreach (var sent in outcome.Notifications) Arrives(sent);
            Suppressed.AddRange(outcome.Suppressed.Select(item =>
                $"{_now:0.##}s {item.Alert.Labels["metric"]}: {SuppressionCauses.NameOf(item.Cause)} [{NamesOf(item.By)}]"));
        }

        return this;
    }

    /// <summary>Every group through its JSON form and back.</summary>
    public static AlertGroups StoredAndRead(AlertGroups groups)
    {
        var read = new AlertGroups();
        foreach (var group in groups.All)
        {
            var copy = new AlertGroupState(group.RouteKey, group.Receiver,
                AlertingJson.Read<LabelSet>(AlertingJson.Write(group.GroupLabels)), group.NextFlush)
            {
                Notified = AlertingJson.Read<Dictionary<string, NotificationLogEntry>>(AlertingJson.Write(group.Notified)),
            };
            foreach (var (fingerprint, alert) in group.Alerts) copy.Alerts.Add(fingerprint,
                AlertingJson.Read<GroupedAlert>(AlertingJson.Write(alert)));
            read.Add(copy);
        }

        return read;
    }

    public static string Line(Notification sent)
    {
        var channel = sent.Channel == "webhook/0" ? "" : $" {sent.Channel}";
        var alerts = sent.Alerts.Select(alert => (alert.IsResolved ? "-" : "+") + alert.Labels["metric"]).Order(StringComparer.Ordinal);
        return $"{(sent.At - AlertEvents.Start).TotalSeconds:0.##}s {sent.Receiver}{channel}: {NotifyReasons.TextOf(sent.Reason)} "
            + $"{string.Join(' ', alerts)}";
    }

    private void Arrives(Notification sent)
    {
        if (!Refuses)
        {
            Delivered.Add(sent);
            _refusals.Remove((sent.GroupId, sent.Channel));
            return;
        }

        var times = _refusals[(sent.GroupId, sent.Channel)] = _refusals.GetValueOrDefault((sent.GroupId, sent.Channel)) + 1;
        _pipeline.OnRefused(Groups, sent, times, TimeSpan.FromHours(24), AlertEvents.At(_now));
    }

    private string NamesOf(IEnumerable<string> by) => string.Join(' ', by.Select(id => _names.GetValueOrDefault(id, id)));

    private NotificationStory Happens(AlertEvent alert, double at, double publishedAt)
    {
        PassTo(at - step);
        // What fires inhibits, whatever came of it.
        if (alert.Type == AlertEventType.Resolved) _inhibitor.Remove(alert.AlertId);
        else _inhibitor.Put(alert.AlertId, alert.RoutingLabels);
        _names[alert.AlertId] = alert.Metric;
        AlertPipeline.OnAlert(Groups, alert, _pipeline.TargetsOf(alert.RoutingLabels), AlertEvents.At(publishedAt), AlertEvents.At(at));
        return this;
    }
}
