using LeptonStream.Alerts;
using LeptonStream.Cli.SeriesFiles;
using LeptonStream.Detection;
using LeptonStream.Detection.Training;
using LeptonStream.Samples;

namespace LeptonStream.Cli.Backtest.Training;

/// <summary>Sends a file through the training monitor row by row, with the clock going on between rows and after the last one.</summary>
internal sealed class TrainingReplay
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly SeriesFile _file;
    private readonly TrainingFacts _facts;
    private readonly TrainingMonitor _monitor;
    private readonly TrainingRole[] _roles;
    private readonly Dictionary<(TrainingKind, TrainingRole), AlertSeverity> _told = [];
    private readonly List<TrainingAlarm> _alarms = [];
    private readonly List<(Timestamp Time, double Position)> _positions = [];

    private TrainingReplay(SeriesFile file, TrainingFacts facts, TrainingPolicy policy)
    {
        _file = file;
        _facts = facts;
        _monitor = new(policy);
        _roles = [.. file.Metrics.Select(TrainingRoles.Of)];
    }

    public IReadOnlyList<TrainingAlarm> Alarms => _alarms;

    public int Rows => _positions.Count;

    /// <summary>Replays a file.</summary>
    /// <exception cref="InvalidDataException">The file can't be read; the message says why.</exception>
    public static TrainingReplay Run(SeriesFile file, TrainingFacts facts, TrainingPolicy policy)
    {
        var replay = new TrainingReplay(file, facts, policy);
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
        var row = new TrainingRow();
        var last = Sample.NoStep;
        foreach (var line in _file.Rows())
        {
            if (line.Step == Sample.NoStep) throw new InvalidDataException($"{_file.Path}:{line.Line}: a training run needs a step in every row");
            if (_positions.Count > 0) TickUntil(_positions[^1].Time, line.Time);
            row.Begin(line.Time, line.Step, line.Time);
            for (var i = 0; i < _roles.Length; i++)
                if (line.Values[i] is { } value) row.Set(_roles[i], value);
            _positions.Add((line.Time, _positions.Count == 0 ? 0 : _positions[^1].Position + Math.Max(1, line.Step - last)));
            last = line.Step;
            Note(_monitor.Observe(row), _positions[^1].Position);
        }

        End(row, last);
    }

    private void End(TrainingRow row, long step)
    {
        if (_positions.Count == 0) throw new InvalidDataException($"{_file.Path} has a header and no row");
        var silent = _positions[^1].Time;
        if (_facts.Finished is { } finished)
        {
            TickUntil(silent, finished);
            row.Begin(finished, step, finished);
            row.Set(TrainingRole.Finished, 1);
            Note(_monitor.Observe(row), Beyond(finished));
            silent = finished;
        }

        TickUntil(silent, _facts.ReplayUntil);
    }

    private void TickUntil(Timestamp from, Timestamp until)
    {
        for (var now = from + Tick; now < until; now += Tick) Note(_monitor.OnTick(now), Beyond(now));
    }

    private double Beyond(Timestamp time) => _positions[^1].Position + ((time - _positions[^1].Time) / _facts.MedianStep);

    private void Note(ReadOnlySpan<TrainingFinding> findings, double position)
    {
        foreach (ref readonly var finding in findings)
        {
            var key = (finding.Kind, finding.Role);
            var before = finding.Change == AlertChange.Opened ? AlertSeverity.Info : _told.GetValueOrDefault(key);
            _told[key] = finding.Severity;
            if (finding.Change is not (AlertChange.Opened or AlertChange.Worsened) || finding.Severity <= before) continue;
            _alarms.Add(new(finding.Time, position, finding.Step, finding.Kind, NameOf(finding.Role), finding.Severity, finding.Score));
        }
    }

    private string NameOf(TrainingRole role)
    {
        var column = role == TrainingRole.None ? -1 : Array.IndexOf(_roles, role);
        return column < 0 ? "*" : _file.Metrics[column];
    }
}
