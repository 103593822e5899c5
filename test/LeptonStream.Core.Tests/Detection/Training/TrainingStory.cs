using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Training;

/// <summary>
/// A training run as they usually go (a falling loss, noise of a few percent, an evaluation every 50 steps), and what the monitor said of
/// it.
/// </summary>
internal sealed class TrainingStory(int seed = 1, TrainingPolicy? policy = null)
{
    public const double PeakRate = 1e-3;
    private const int WarmUp = 100;

    private readonly Random _noise = new(seed);
    private readonly TrainingRow _row = new();
    private readonly List<TrainingFinding> _findings = [];
    private double _milliseconds = 1_700_000_000_000;
    private double _update = 1;

    public TrainingMonitor Monitor { get; private set; } = new(policy ?? TrainingPolicy.Default);

    /// <summary>The usual duration of a step.</summary>
    public double StepMilliseconds { get; init; } = 100;

    /// <summary>What was told, but that it is still so.</summary>
    public IReadOnlyList<TrainingFinding> Findings => _findings;

    /// <summary>What would have been told to somebody.</summary>
    public IEnumerable<TrainingFinding> Alarms => _findings.Where(f => f.Change == AlertChange.Opened && f.Severity > AlertSeverity.Info);

    public long Step { get; private set; }

    /// <summary>What was told to be still so.</summary>
    public List<TrainingFinding> Progress { get; } = [];

    public Timestamp Now => Timestamp.FromUnixMilliseconds((long)_milliseconds);

    /// <summary>Noise of the standard normal distribution.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - _noise.NextDouble())) * Math.Cos(2 * Math.PI * _noise.NextDouble());

    /// <summary>Goes on for so many steps, each changed by <paramref name="change"/> before it is reported.</summary>
    public TrainingStory Run(int steps, Action<Reading>? change = null)
    {
        for (var i = 0; i < steps; i++)
        {
            var reading = Next();
            change?.Invoke(reading);
            Report(reading);
        }

        return this;
    }

    /// <summary>Restarts from a checkpoint.</summary>
    public TrainingStory Resume(long step, TimeSpan silence)
    {
        Wait(silence);
        Step = step;
        return this;
    }

    /// <summary>Lets time go by, with a tick a second.</summary>
    public TrainingStory Wait(TimeSpan silence)
    {
        for (var second = 1; second <= silence.TotalSeconds; second++)
            Take(Monitor.OnTick(Now + TimeSpan.FromSeconds(second)));
        _milliseconds += silence.TotalMilliseconds;
        return this;
    }

    public TrainingStory Finish()
    {
        _row.Begin(Now, Step, Now);
        _row.Set(TrainingRole.Finished, 1);
        Take(Monitor.Observe(_row));
        return this;
    }

    /// <summary>Goes on with a copy of the monitor made from its snapshot.</summary>
    public TrainingStory Restore()
    {
        var reader = new StateReader(Snapshot());
        Monitor = new(policy ?? TrainingPolicy.Default);
        Monitor.Load(ref reader);
        Assert.That(reader.AtEnd, Is.True);
        return this;
    }

    public byte[] Snapshot()
    {
        var state = new StateWriter();
        Monitor.Save(state);
        return state.Written.ToArray();
    }

    private void Take(ReadOnlySpan<TrainingFinding> findings)
    {
        foreach (var finding in findings)
        {
            if (finding.Change == AlertChange.Progressed) Progress.Add(finding);
            else _findings.Add(finding);
        }
    }

    private Reading Next()
    {
        Step++;
        var rate = PeakRate * Math.Min(1, Step / (double)WarmUp);
        // Momentum: updates over the rate wander slowly.
        _update += 0.1 * (1 + (0.1 * Normal()) - _update);
        var duration = StepMilliseconds * (1 + (0.03 * Math.Abs(Normal())));
        _milliseconds += duration;
        var level = 1.5 + (3 * Math.Exp(-Step / 250.0));
        return new()
        {
            Step = Step,
            Loss = level * Math.Exp(0.04 * Normal()),
            Gradient = 0.4 * Math.Exp(0.08 * Normal()),
            Rate = rate,
            Norm = Math.Round(40 + (0.004 * Step), 4),
            Update = 90 * rate * _update,
            Throughput = 1000 * 512 / duration,
            StepTime = duration,
            EvaluationLoss = Step % 50 == 0 ? level * Math.Exp(0.01 * Normal()) : null,
            Accuracy = Step % 50 == 0 ? (0.8 - (0.1 * level)) * Math.Exp(0.01 * Normal()) : null,
            Stage = 0,
        };
    }

    private void Report(Reading reading)
    {
        Step = reading.Step;
        _row.Begin(Now, reading.Step, Now);
        reading.To(_row);
        Take(Monitor.Observe(_row));
    }
}
