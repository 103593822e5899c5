using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Kafka;
using LeptonStream.Samples;
using LeptonStream.Telemetry;

namespace LeptonStream.Detector;

/// <summary>The counters of the detector. No attribute ever holds text from the input.</summary>
internal sealed class DetectorMetrics
{
    private readonly Counter<long> _records;
    private readonly Counter<long> _samples;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _rejects;
    private readonly Counter<long> _events;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _differing;
    private readonly Counter<long> _snapshots;
    private readonly Counter<long> _snapshotBytes;
    private readonly Counter<long> _migrated;
    private readonly Histogram<double> _snapshotPause;
    private readonly Histogram<double> _restore;
    private readonly Counter<long> _sessions;
    private readonly Counter<long> _policies;
    private readonly Counter<long> _verdicts;
    private readonly Histogram<double> _batch;
    private readonly Counter<long> _otherKeys;
    private readonly Counter<long> _labelsDropped;
    private readonly Counter<long> _timesSetBack;
    private readonly Counter<long> _eventsDropped;
    private readonly Counter<long> _forgotten;
    private readonly Counter<long> _versionsDropped;
    private readonly Counter<long> _undecodable;

    // By session: each loop has one at a time.
    private readonly ConcurrentDictionary<DetectorSession, SessionState> _states = [];

    public DetectorMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(LeptonTelemetry.Name);
        _records = meter.CreateCounter<long>("leptonstream.detector.records", "{record}", "Records read");
        _samples = meter.CreateCounter<long>("leptonstream.detector.samples", "{sample}", "Samples judged");
        _refused = meter.CreateCounter<long>("leptonstream.detector.samples.refused", "{sample}",
            "Samples of accepted records that were not judged, by reason");
        _rejects = meter.CreateCounter<long>("leptonstream.detector.rejects", "{record}", "Records refused, by reason");
        _events = meter.CreateCounter<long>("leptonstream.detector.events", "{event}", "Alert events acknowledged by the broker, by type");
        _refusals = meter.CreateCounter<long>(
            "leptonstream.detector.publish.refused", "{record}",
            "Alert events and dead letters that the broker refuses for good, by kind (alert, dead_letter)");
        _gaps = meter.CreateCounter<long>("leptonstream.detector.state_gaps", "{gap}",
            "Times a partition went on with empty state because its records or its snapshots were gone");
        _differing = meter.CreateCounter<long>("leptonstream.detector.replay.differences", "{event}",
            "Published events that a replay lacks, or makes with another content, by kind (missing, different)");
        _snapshots = meter.CreateCounter<long>("leptonstream.detector.snapshots", "{snapshot}",
            "Snapshots of partitions, by outcome (written, failed)");
        _migrated = meter.CreateCounter<long>("leptonstream.detector.snapshots.migrated", "{snapshot}",
            "Snapshots of another version that were brought to this one");
        _snapshotBytes = meter.CreateCounter<long>("leptonstream.detector.snapshot.size", "By", "Bytes of snapshots written");
        _snapshotPause = meter.CreateHistogram<double>("leptonstream.detector.snapshot.pause", "s",
            "How long judging waits at a time for a snapshot: where it begins, and for each part that is made");
        _restore = meter.CreateHistogram<double>("leptonstream.detector.restore.duration", "s",
            "From the assignment of a partition to its first record, where there was a snapshot");
        _sessions = meter.CreateCounter<long>("leptonstream.detector.sessions.lost", "{session}",
            "Times all state was dropped and the consumer group joined again, by reason");
        _policies = meter.CreateCounter<long>("leptonstream.detector.policies.reads", "{read}",
            "Changed policy files read, by outcome (adopted, refused)");
        _verdicts = meter.CreateCounter<long>("leptonstream.detector.verdicts", "{verdict}",
            "People's verdicts heard, by outcome (applied, unchanged, unreadable)");
        _batch = meter.CreateHistogram<double>("leptonstream.detector.batch.duration", "s",
            "From the first record of a batch to its commit");
        meter.CreateObservableGauge("leptonstream.detector.lag", Lag, "{record}", "Records not read yet, by partition");
        meter.CreateObservableGauge("leptonstream.detector.partitions.unanswered", () => _states.Values.Sum(state => state.Unanswered),
            "{partition}", "Partitions whose broker does not answer: their lag is not known");
        _otherKeys = meter.CreateCounter<long>(
            "leptonstream.detector.records.other_key", "{record}", "Records whose key is not the model they are of");
        _labelsDropped = meter.CreateCounter<long>(
            "leptonstream.detector.labels.dropped", "{label}", "Labels left out because their entity has more than it may");
        _timesSetBack = meter.CreateCounter<long>(
            "leptonstream.detector.times.set_back", "{time}", "Times that lay ahead of the log and were set back to it");
        _eventsDropped = meter.CreateCounter<long>(
            "leptonstream.detector.events.dropped", "{event}",
            "Alert events left out because too many waited: updates with newer points, and others only beyond 64 MB");
        _forgotten = meter.CreateCounter<long>(
            "leptonstream.detector.series.forgotten", "{series}", "Series forgotten because they were silent");
        _versionsDropped = meter.CreateCounter<long>("leptonstream.detector.versions.dropped", "{message}",
            "Messages whose model version is not compared because their partition compares as many models as it may");
        _undecodable = meter.CreateCounter<long>(
            "leptonstream.detector.records.undecodable", "{record}", "Offsets passed by because their batch can't be decoded");
        meter.CreateObservableGauge(
            "leptonstream.detector.series", () => Fill().Sum(fill => (long)fill.Series), "{series}", "Series known");
        meter.CreateObservableGauge(
            "leptonstream.detector.partition.series", () => OfPartitions(fill => fill.Series), "{series}", "Series known, by partition");
        meter.CreateObservableGauge(
            "leptonstream.detector.partition.series_limit", () => OfPartitions(fill => fill.SeriesLimit), "{series}",
            "Series it may hold, by partition");
        meter.CreateObservableGauge(
            "leptonstream.detector.partition.size", () => OfPartitions(fill => fill.Bytes), "By",
            "About what its series take, by partition");
        meter.CreateObservableGauge(
            "leptonstream.detector.partition.size_limit", () => OfPartitions(fill => fill.BytesLimit), "By",
            "Limit of the bytes that its series take, by partition");
    }

    public void Read(int records, int samples)
    {
        _records.Add(records);
        _samples.Add(samples);
    }

    public void Refused(SampleRefusal reason, long samples)
    {
        if (samples > 0) _refused.Add(samples, KeyValuePair.Create("reason", (object?)ReasonNames.Of(reason)));
    }

    public void Rejected(RejectReason reason, int records)
    {
        if (records > 0) _rejects.Add(records, KeyValuePair.Create("reason", (object?)ReasonNames.Of(reason)));
    }

    public void Published(AlertEventType type, int events)
    {
        if (events > 0) _events.Add(events, KeyValuePair.Create("type", (object?)AlertEventJson.NameOf(type)));
    }

    /// <summary>The broker refuses one of our own records for good.</summary>
    public void RefusedByBroker(bool isAlert) =>
        _refusals.Add(1, KeyValuePair.Create("kind", (object?)(isAlert ? "alert" : "dead_letter")));

    /// <summary>A record's key is not the model that it is of, so that others of the model may be in another partition.</summary>
    public void OtherKey() => _otherKeys.Add(1);

    /// <summary>Labels, times, events, series and versions that partitions left out, changed or forgot.</summary>
    public void LeftOut(long labels, long times, long events, long series, long versions)
    {
        _labelsDropped.Add(labels);
        _timesSetBack.Add(times);
        _eventsDropped.Add(events);
        _forgotten.Add(series);
        _versionsDropped.Add(versions);
    }

    /// <summary>Records whose batch can't be decoded.</summary>
    public void Undecodable(long records) => _undecodable.Add(records);

    /// <summary>A record of the feedback topic was heard.</summary>
    public void Heard(string outcome) => _verdicts.Add(1, KeyValuePair.Create("outcome", (object?)outcome));

    public void StateGap() => _gaps.Add(1);

    /// <summary>A replay has made other events than those that were published.</summary>
    public void ReplayDiffers(int missing, int different)
    {
        _differing.Add(missing, KeyValuePair.Create("kind", (object?)"missing"));
        _differing.Add(different, KeyValuePair.Create("kind", (object?)"different"));
    }

    public void SnapshotWritten(long bytes)
    {
        _snapshots.Add(1, KeyValuePair.Create("outcome", (object?)"written"));
        _snapshotBytes.Add(bytes);
    }

    public void SnapshotFailed() => _snapshots.Add(1, KeyValuePair.Create("outcome", (object?)"failed"));

    public void SnapshotPause(TimeSpan pause) => _snapshotPause.Record(pause.TotalSeconds);

    public void Restored(TimeSpan duration) => _restore.Record(duration.TotalSeconds);

    public void Migrated() => _migrated.Add(1);

    public void SessionLost(string reason) => _sessions.Add(1, KeyValuePair.Create("reason", (object?)reason));

    public void PoliciesRead(bool isValid) => _policies.Add(1, KeyValuePair.Create("outcome", (object?)(isValid ? "adopted" : "refused")));

    public void BatchDone(TimeSpan duration) => _batch.Record(duration.TotalSeconds);

    /// <summary>Sets lag and fill of the partitions that a session owns, and how many of them have no answer.</summary>
    public void State(DetectorSession session, KeyValuePair<int, long>[] lag, PartitionFill[] fill, int unanswered) =>
        _states[session] = new(lag, fill, unanswered);

    /// <summary>A session has ended, and owns nothing any more.</summary>
    public void ForgetState(DetectorSession session) => _states.TryRemove(session, out _);

    private IEnumerable<Measurement<long>> Lag() =>
        _states.Values.SelectMany(state => state.Lag).Select(partition => Of(partition.Key, partition.Value));

    private IEnumerable<PartitionFill> Fill() => _states.Values.SelectMany(state => state.Fill);

    private IEnumerable<Measurement<long>> OfPartitions(Func<PartitionFill, long> number) =>
        Fill().Select(fill => Of(fill.Partition, number(fill)));

    private static Measurement<long> Of(int partition, long value) =>
        new(value, KeyValuePair.Create("messaging.destination.partition.id", (object?)partition.ToString(CultureInfo.InvariantCulture)));

    private sealed record SessionState(KeyValuePair<int, long>[] Lag, PartitionFill[] Fill, int Unanswered);
}
