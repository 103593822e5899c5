using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Backtest.Training;

/// <summary>The alarms of one run compared with its faults.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Alarms">Its alarms, in order.</param>
/// <param name="Faults">Its faults, and the reports of each.</param>
/// <param name="FalseAlarms">The alarms that belong to no fault and to no aftermath of one.</param>
internal sealed record TrainingRunScore(
    string Run, int Rows, IReadOnlyList<TrainingAlarm> Alarms, IReadOnlyList<FaultOutcome> Faults, IReadOnlyList<TrainingAlarm> FalseAlarms)
{
    /// <summary>False alarms less than this many steps apart are one episode.</summary>
    private const int EpisodeGap = 50;

    public bool IsNormal => Faults.Count == 0;

    /// <summary>Stretches of false alarms.</summary>
    public int FalseEpisodes
    {
        get
        {
            var episodes = 0;
            for (var i = 0; i < FalseAlarms.Count; i++)
                if (i == 0 || FalseAlarms[i].Position - FalseAlarms[i - 1].Position >= EpisodeGap) episodes++;
            return episodes;
        }
    }

    /// <summary>False alarms that are pages.</summary>
    public int FalsePages => FalseAlarms.Count(a => a.Severity == AlertSeverity.Critical);

    /// <summary>
    /// Credits every alarm: to the fault that began last of those it falls in, those that name its metric first; else to an aftermath; else
    /// it is false.
    /// </summary>
    public static TrainingRunScore Of(string run, TrainingReplay replay, IReadOnlyList<TrainingFault> faults, TrainingFacts facts)
    {
        var credited = faults.ToDictionary(f => f, _ => new List<TrainingAlarm>());
        var wrong = new List<TrainingAlarm>();
        foreach (var alarm in replay.Alarms)
        {
            var fault = faults
                .Where(f => alarm.Time >= f.Onset && alarm.Time <= LastOf(f, facts))
                .OrderBy(f => Names(f, alarm)).ThenBy(f => f.Onset.UnixNanoseconds)
                .LastOrDefault();
            if (fault is not null) credited[fault].Add(alarm);
            else if (!faults.Any(f => alarm.Time > f.Onset && Names(f, alarm))) wrong.Add(alarm);
        }

        return new(run, replay.Rows, replay.Alarms, [.. faults.Select(f => FaultOutcome.Of(f, credited[f], replay))], wrong);
    }

    private static bool Names(TrainingFault fault, in TrainingAlarm alarm) => fault.End is null || fault.Metrics.Contains(alarm.Metric);

    private static Timestamp LastOf(TrainingFault fault, TrainingFacts facts) =>
        fault.End is { } end ? end + (fault.Grace * facts.MedianStep) : facts.ReplayUntil;
}

/// <summary>The reports of one fault.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="DelaySteps">Steps from its onset to the first alarm; null where there was none.</param>
/// <param name="Delay">The same as time.</param>
/// <param name="IsPrompt">Whether that was in time.</param>
/// <param name="IsPaged">Whether any of its alarms was a page.</param>
internal sealed record FaultOutcome(TrainingFault Fault, double? DelaySteps, TimeSpan? Delay, bool IsPrompt, bool IsPaged)
{
    public bool IsDetected => DelaySteps is not null;

    public static FaultOutcome Of(TrainingFault fault, IReadOnlyList<TrainingAlarm> alarms, TrainingReplay replay)
    {
        if (alarms.Count == 0) return new(fault, null, null, false, false);
        var steps = alarms[0].Position - replay.PositionOf(fault.Onset);
        var delay = alarms[0].Time - fault.Onset;
        return new(fault, steps, delay, fault.IsPrompt(steps, delay), alarms.Any(a => a.Severity == AlertSeverity.Critical));
    }
}
