using System.Diagnostics.Metrics;
using System.Globalization;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Telemetry;

namespace LeptonStream.Notifier;

/// <summary>The counters of the notifier. Attributes hold names from the routing file, never text from an alert.</summary>
internal sealed class NotifierMetrics
{
    private readonly Counter<long> _events;
    private readonly Counter<long> _rejects;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _decided;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _dead;
    private readonly Counter<long> _actions;
    private readonly Counter<long> _escalations;
    private readonly Counter<long> _stale;
    private readonly Counter<long> _direct;
    private readonly Histogram<double> _batch;
    private readonly Histogram<double> _send;
    private readonly Histogram<double> _delay;
    private KeyValuePair<int, long>[] _lag = [];
    private int _unanswered;
    private double _clockAhead;

    public NotifierMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(LeptonTelemetry.Name);
        _events = meter.CreateCounter<long>("leptonstream.notifier.events", "{event}",
            "Events read: recorded, repeated (known with the same content), skipped (below the stored position) or in conflict (known "
                + "with another content)");
        _rejects = meter.CreateCounter<long>("leptonstream.notifier.rejects", "{record}", "Records refused, by reason");
        _gaps = meter.CreateCounter<long>(
            "leptonstream.notifier.gaps", "{gap}", "Times events were gone from the topic before they were read");
        _decided = meter.CreateCounter<long>("leptonstream.notifier.notifications", "{notification}", "Notifications put into the outbox");
        _attempts = meter.CreateCounter<long>(
            "leptonstream.notifier.attempts", "{attempt}", "Attempts to deliver, by receiver, channel and result");
        _dead = meter.CreateCounter<long>(
            "leptonstream.notifier.dead", "{notification}", "Notifications given up, by receiver and channel");
        _actions = meter.CreateCounter<long>("leptonstream.notifier.actions", "{action}",
            "Actions against alerts, by the state that they came to, such as blocked, running, verified or failed");
        _escalations = meter.CreateCounter<long>("leptonstream.notifier.escalations", "{step}", "Steps of escalations that were taken");
        _stale = meter.CreateCounter<long>(
            "leptonstream.notifier.stale", "{alert}", "Alerts ended since nothing was heard of them for long");
        _direct = meter.CreateCounter<long>("leptonstream.notifier.direct", "{attempt}",
            "Attempts to send a page directly while the database is away, by receiver, channel and result");
        _batch = meter.CreateHistogram<double>("leptonstream.notifier.batch.duration", "s", "One transaction of events");
        _send = meter.CreateHistogram<double>(
            "leptonstream.notifier.send.duration", "s", "From an attempt's begin to its outcome, quick retries included");
        _delay = meter.CreateHistogram<double>("leptonstream.notifier.delivery.delay", "s", "From the decision to notify to the delivery");
        meter.CreateObservableGauge("leptonstream.notifier.lag", Lag, "{record}", "Records not read yet, by partition");
        meter.CreateObservableGauge("leptonstream.notifier.clock_skew", () => Volatile.Read(ref _clockAhead), "s",
            "By how much this host's clock is ahead of the database's");
        meter.CreateObservableGauge("leptonstream.notifier.partitions.unanswered", () => Volatile.Read(ref _unanswered), "{partition}",
            "Partitions whose broker does not answer: their lag is not known");
    }

    public void Applied(JournalOutcome outcome, TimeSpan duration)
    {
        _events.Add(outcome.Recorded, KeyValuePair.Create("result", (object?)"recorded"));
        _events.Add(outcome.Repeated, KeyValuePair.Create("result", (object?)"repeated"));
        _events.Add(outcome.Skipped, KeyValuePair.Create("result", (object?)"skipped"));
        _events.Add(outcome.Conflicts, KeyValuePair.Create("result", (object?)"conflict"));
        _batch.Record(duration.TotalSeconds);
    }

    public void TakenUp(int events) => _events.Add(events, KeyValuePair.Create("result", (object?)"recorded"));

    public void Rejected(string reason) => _rejects.Add(1, KeyValuePair.Create("reason", (object?)reason));

    public void Gap() => _gaps.Add(1);

    public void Decided(int notifications) => _decided.Add(notifications);

    public void Attempted(Destination destination, SendAnswer answer, TimeSpan duration)
    {
        var result = answer.Outcome.Result switch
        {
            DeliveryResult.Delivered => "delivered",
            DeliveryResult.Refused => "refused",
            _ => answer.WaitsForCircuit is null ? "failed" : "held_back",
        };
        _attempts.Add(Math.Max(1, answer.Attempts), Receiver(destination), Channel(destination),
            KeyValuePair.Create("result", (object?)result));
        _send.Record(duration.TotalSeconds, Receiver(destination), Channel(destination));
    }

    public void Delivered(Destination destination, TimeSpan delay) =>
        _delay.Record(delay.TotalSeconds, Receiver(destination), Channel(destination));

    public void Died(Destination destination) => _dead.Add(1, Receiver(destination), Channel(destination));

    public void Action(string state) => _actions.Add(1, KeyValuePair.Create("state", (object?)state));

    public void Escalated(int steps) => _escalations.Add(steps);

    public void EndedStale(int alerts) => _stale.Add(alerts);

    public void SentDirectly(Destination destination, DeliveryResult result) => _direct.Add(1, Receiver(destination), Channel(destination),
        KeyValuePair.Create("result", (object?)result.ToString().ToLowerInvariant()));

    /// <summary>Sets by how much the host's clock is ahead of the database's.</summary>
    public void ClockIsAhead(TimeSpan ahead) => Volatile.Write(ref _clockAhead, ahead.TotalSeconds);

    /// <summary>Sets the lag of the partitions, and how many have no answer.</summary>
    public void Behind(KeyValuePair<int, long>[] lag, int unanswered)
    {
        Volatile.Write(ref _lag, lag);
        Volatile.Write(ref _unanswered, unanswered);
    }

    private static KeyValuePair<string, object?> Receiver(Destination destination) =>
        KeyValuePair.Create("receiver", (object?)destination.Receiver);

    private static KeyValuePair<string, object?> Channel(Destination destination) =>
        KeyValuePair.Create("channel", (object?)destination.Channel);

    private IEnumerable<Measurement<long>> Lag() => Volatile.Read(ref _lag).Select(partition =>
        new Measurement<long>(partition.Value,
            KeyValuePair.Create("messaging.destination.partition.id", (object?)partition.Key.ToString(CultureInfo.InvariantCulture))));
}
