using LeptonStream.Alerts;
using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Detection;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detection.Policies;
using LeptonStream.Health;
using LeptonStream.Policies;
using LeptonStream.Resilience;
using LeptonStream.Samples;
using LeptonStream.State;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Edge.Local;

/// <summary>
/// Judges the samples of this host as a detector judges a partition: the spool is the log, and a sequence is an offset. (1) The state is
/// read from its file, (2) records behind it are read and judged, (3) the events of each become one record of the alerts' spool, (4) now
/// and then the state is written. Used by the worker's thread.
/// </summary>
/// <remarks>
/// A start judges again what came after the state was written. The same records make the same events with the same ids, and those of
/// records whose events are written already are left out. An alert that was published and that nobody knows after that ends as superseded,
/// and so do all where the clock of the host was set back.
/// </remarks>
internal sealed partial class LocalDetector
{
    private const string Topic = "edge";
    private const int Slice = 2_000;
    private const int SliceBytes = 1 << 20;
    private const int MostSeries = 10_000;
    private const long MostBytes = 64 << 20;
    private static readonly DetectionPolicy Policy =
        DetectionPolicy.Default with { SeriesPerPartition = MostSeries, BytesPerPartition = MostBytes };

    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    // After a smaller step back samples are late for a while, and what is known is worth more.
    private static readonly TimeSpan ClockStep = TimeSpan.FromMinutes(10);

    private readonly EdgeFolder _folder;
    private readonly EdgeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PolicySet _policies;
    private readonly SpoolReader _reader;
    private readonly Pace _tick;
    private readonly LocalState _state;
    private readonly List<SpoolRecord> _records = [];
    private readonly List<AlertEvent> _events = [];
    private readonly HostAlerts _open;
    private readonly long _publishedTo;
    private PartitionPipeline _pipeline;
    private StateGapCause? _loss;
    private long _told;
    private long _judgedTo;
    private long _lastRecord;

    public LocalDetector(EdgeFolder folder, IOptions<EdgeOptions> options, EdgeMetrics metrics, TimeProvider time,
        ILogger<LocalDetector> logger)
    {
        (_folder, _metrics, _time, _logger) = (folder, metrics, time, logger);
        // The options are checked: the file was sound a moment ago.
        _policies = options.Value.PoliciesFile is { Length: > 0 } file ? PolicyFile.Read(file, out _) ?? PolicySet.Default
            : PolicySet.Default;
        _state = new(Path.Combine(folder.Root, "detector.state"), Policy);
        _pipeline = NewPipeline();
        // :: (1) The state.
        _reader = folder.Samples.ReadFrom(_judgedTo = Restore());
        SavedTo = _judgedTo;
        _open = new(Path.Combine(folder.Root, "alerts.open"), folder.Alerts, hasState: _loss is null);
        _told = _publishedTo = AlertRecords.LastSource(folder.Alerts);
        _lastRecord = time.GetTimestamp();
        _tick = new(TickEvery, time, isDueAtOnce: false);
    }

    /// <summary>Series known now.</summary>
    public int SeriesCount => _pipeline.SeriesCount;

    /// <summary>The sequence from which a start would judge again.</summary>
    public long SavedTo { get; private set; }

    /// <summary>The sequence of the alerts' spool from which a start would read which are open.</summary>
    public long AlertsSavedTo => _open.SavedTo;

    /// <summary>Gets every judged sample, for tests.</summary>
    public JudgedSampleObserver? Observer
    {
        get => _pipeline.Observer;
        set => _pipeline.Observer = value;
    }

    /// <summary>Judges the next records.</summary>
    /// <returns>Whether there may be more.</returns>
    public bool Judge(TroubleLog troubles)
    {
        _records.Clear();
        // :: (2) Judge.
        _reader.Read(_records, Slice, SliceBytes);
        foreach (var record in _records) Judge(record, troubles);
        if (_records.Count > 0) (_judgedTo, _lastRecord) = (_records[^1].Sequence + 1, _time.GetTimestamp());
        else Tick();
        if (!_open.IsReconciled && (_records.Count == 0 || _judgedTo > _publishedTo)) Reconcile();
        return _records.Count == Slice;
    }

    /// <summary>Writes the state.</summary>
    /// <exception cref="IOException">The disk does not take it; the one before stays.</exception>
    public void Save()
    {
        // :: (4) The state.
        if (SavedTo == _judgedTo) return;
        // A state that knows an alert must not outlive it.
        _folder.Alerts.Sync();
        _open.Save();
        _state.Write(_pipeline, _policies.Fingerprint, _judgedTo);
        SavedTo = _judgedTo;
    }

    private PartitionPipeline NewPipeline() => new(Topic, 0, Policy, _policies, _folder.Id);

    private long Restore()
    {
        try
        {
            if (_state.Read(_pipeline, out var changes) is { } next)
            {
                if (changes is not null) Log.Migrated(_logger, changes);
                return next;
            }

            _loss = StateGapCause.NoSnapshot;
        }
        catch (Exception unsound) when (unsound is SnapshotCorruptException or IOException or UnauthorizedAccessException)
        {
            Log.Cold(_logger, unsound.Message);
            _pipeline = NewPipeline();
            _loss = StateGapCause.SnapshotUnusable;
        }

        return 0;
    }

    // Whatever comes would be older than the newest sample of its series, and not judged, until the clock has caught up.
    private void BeginAgainWhereSetBack(in SpoolRecord record)
    {
        var now = Timestamp.FromUnixMilliseconds(record.Time);
        if (_pipeline.LogTime.IsNever || _pipeline.LogTime - now <= ClockStep) return;
        var step = _pipeline.LogTime - now;
        var cause = $"the clock of this host was set back by {step:d\\.hh\\:mm\\:ss}";
        Log.Cold(_logger, cause);
        var observer = _pipeline.Observer;
        _pipeline = NewPipeline();
        _pipeline.Observer = observer;
        _pipeline.Tell(new(StateGapCause.ClockSetBack, record.Sequence, record.Sequence, now, cause), _open.Known(Topic), _events);
    }

    // All that led to published alerts is judged again.
    private void Reconcile()
    {
        var orphans = _open.Reconcile(Topic);
        if (orphans.Count == 0) return;
        var next = _judgedTo;
        _events.Clear();
        _pipeline.Tell(new(_loss ?? StateGapCause.RecordsGone, next, next, Timestamp.FromDateTimeOffset(_time.GetUtcNow()),
            "the detector of this host lost alerts that were open"), orphans, _events);
        Write(_events, _told);
    }

    private void Judge(in SpoolRecord record, TroubleLog troubles)
    {
        _events.Clear();
        BeginAgainWhereSetBack(record);
        try
        {
            var outcome = _pipeline.Process(record.Value, record.Sequence, Timestamp.FromUnixMilliseconds(record.Time), _events);
            _metrics.Judged(outcome.Samples);
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            // A defect of this program: the record is left out, and what is known of its entities is forgotten.
            _events.Clear();
            _pipeline.ForgetLastEntities();
            troubles.Count("records that the detector failed on", defect.GetType().Name, 1, defect.Message);
        }

        Publish(record.Sequence);
    }

    // A run that is silent for too long makes no record.
    private void Tick()
    {
        if (!_pipeline.WatchesSilence || !_tick.IsDue()) return;
        _events.Clear();
        _pipeline.Tick(_time.GetElapsedTime(_lastRecord), _events);
        // They are as if by the last record, whose own may be written already.
        Write(_events, _judgedTo - 1);
    }

    private void Publish(long sequence)
    {
        if (sequence > _told) Write(_events, sequence);
        else Note(_events);
    }

    // :: (3) Events.
    private void Write(List<AlertEvent> events, long sequence)
    {
        if (events.Count == 0) return;
        Note(events);
        AlertRecords.Append(_folder.Alerts, events, sequence, _folder.Id, _time.GetUtcNow());
        _metrics.Alerted(events.Count);
        _told = Math.Max(_told, sequence);
    }

    private void Note(List<AlertEvent> events)
    {
        foreach (var each in events) _open.Take(each);
    }

    private static partial class Log
    {
        [LoggerMessage(5043, LogLevel.Information, "The detector of this host goes on with the state of another version: {Changes}")]
        public static partial void Migrated(ILogger logger, string changes);

        [LoggerMessage(5041, LogLevel.Warning, "The detector of this host begins without its state, and learns from the spool: {Reason}")]
        public static partial void Cold(ILogger logger, string reason);
    }
}
