using LeptonStream.Alerts;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Training;
using LeptonStream.Samples;

namespace LeptonStream.Backtest.Training;

/// <summary>
/// Sends a file row by row through the pipeline of a partition, with the clock going on between rows and after the last one.
/// </summary>
internal sealed class TrainingReplay
{
    // Times in such files count from the start of the job.
    private static readonly TimeSpan Shift = FileClock.Lead;

    private readonly SeriesFile _file;
    private readonly TrainingFacts _facts;
    private readonly PartitionPipeline _pipeline;
    private readonly List<AlertEvent> _events = [];
    private readonly Dictionary<string, AlertSeverity> _told = [];
    private readonly List<TrainingAlarm> _alarms = [];
    private readonly List<(Timestamp Time, double Position)> _positions = [];

    private TrainingReplay(SeriesFile file, TrainingFacts facts, DetectionPolicy policy, PolicySet? policies)
    {
        _file = file;
        _facts = facts;
        _pipeline = new("backtest", 0, policy, policies);
    }

    public IReadOnlyList<TrainingAlarm> Alarms => _alarms;

    public int Rows => _positions.Count;

    /// <summary>Replays a file.</summary>
    /// <exception cref="InvalidDataException">The file can't be read, or the pipeline refuses a row; the message says which and
    /// why.</exception>
    public static TrainingReplay Run(SeriesFile file, TrainingFacts facts, DetectionPolicy policy, PolicySet? policies = null)
    {
        var replay = new TrainingReplay(file, facts, policy, policies);
        replay.Run();
        return replay;
    }

    /// <summary>The position of the first row at a time or later; beyond the last, in usual steps.</summary>
    public double PositionOf(Timestamp time)
    {
        foreach (var row in _positions)
            if (row.Time >= time) return row.Position;
        return _positions.Count == 0 ? 0 : Beyond(time);
    }

    private void Run()
    {
        using var message = new RowMessage(_file.Name, _file.Metrics);
        var last = Sample.NoStep;
        foreach (var line in _file.Rows())
        {
            if (line.Step == Sample.NoStep)
                throw new InvalidDataException($"{_file.Path}:{line.Line}: a training run needs a step in every row");
            if (_positions.Count > 0) TickUntil(_positions[^1].Time, line.Time);
            _positions.Add((line.Time, _positions.Count == 0 ? 0 : _positions[^1].Position + Math.Max(1, line.Step - last)));
            last = line.Step;
            var outcome = _pipeline.Process(message.Of(line, line.Time + Shift), _positions.Count - 1, line.Time + Shift, _events);
            if (!outcome.IsAccepted) throw new InvalidDataException($"{_file.Path}:{line.Line}: {outcome.Detail}");
            Note(_positions[^1].Position);
        }

        End(last);
    }

    private void End(long step)
    {
        if (_positions.Count == 0) throw new InvalidDataException($"{_file.Path} has a header and no row");
        var silent = _positions[^1].Time;
        if (_facts.Finished is { } finished)
        {
            TickUntil(silent, finished);
            using var message = new RowMessage(_file.Name, ["finished"]);
            _pipeline.Process(message.Of(new(0, finished, step, [1], null, null, ""), finished + Shift), _positions.Count, finished + Shift,
                _events);
            Note(Beyond(finished));
            silent = finished;
        }

        TickUntil(silent, _facts.ReplayUntil);
    }

    private void TickUntil(Timestamp from, Timestamp until)
    {
        for (var now = from + FileClock.Tick; now < until; now += FileClock.Tick)
        {
            _pipeline.Tick(now - from, _events);
            Note(Beyond(now));
        }
    }

    private double Beyond(Timestamp time) => _positions[^1].Position + ((time - _positions[^1].Time) / _facts.MedianStep);

    private void Note(double position)
    {
        foreach (var alert in _events)
        {
            var before = alert.Type == AlertEventType.Opened ? AlertSeverity.Info : _told.GetValueOrDefault(alert.AlertId);
            _told[alert.AlertId] = alert.Severity;
            if (alert.Type == AlertEventType.Resolved || alert.Severity <= before) continue;
            var metric = alert.Metric == TrainingAlarm.Run ? TrainingAlarm.Everything : alert.Metric;
            _alarms.Add(new(alert.DetectedAt - Shift, position, alert.Step ?? 0, alert.Detectors[0].Name, metric, alert.Severity,
                alert.Score));
        }

        _events.Clear();
    }
}
