using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Feedback;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection.Entities;

/// <summary>One entity of many metrics in a partition of its own: noise of 100 ± 10, and what a test puts on top of it.</summary>
internal sealed class EntityDriver
{
    private readonly Random _random;
    private readonly PolicySet? _policies;
    private PartitionPipeline _pipeline;
    private long _offset;
    private Timestamp _now = Timestamp.FromUnixSeconds(1_764_000_000);

    public EntityDriver(int metrics, PolicySet? policies = null, int seed = 7)
    {
        (_random, _policies) = (new(seed), policies);
        Metrics = metrics;
        _pipeline = New();
    }

    public int Metrics { get; }

    public List<AlertEvent> Events { get; } = [];

    public List<JudgedSample> Judged { get; } = [];

    public List<JudgedRow> Rows { get; } = [];

    /// <summary>Sends rows of noise; a metric's value is what <paramref name="on"/> makes of it.</summary>
    /// <param name="rows">How many, one a minute.</param>
    /// <param name="on">The value of a metric, in standard deviations, from its number and its noise; null where it is missing.</param>
    /// <param name="parts">In how many messages a row comes.</param>
    public void Send(int rows, Func<int, double, double?>? on = null, int parts = 1)
    {
        for (var row = 0; row < rows; row++)
        {
            _now += TimeSpan.FromMinutes(1);
            var values = new double?[Metrics];
            for (var i = 0; i < Metrics; i++)
            {
                var noise = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
                values[i] = 100 + (10 * (on is null ? noise : on(i, noise)));
            }

            for (var part = 0; part < parts; part++) SendPart(values, part, parts);
        }
    }

    public void Wait(TimeSpan time) => _now += time;

    /// <summary>A person says what an alert is; the line stays as it is.</summary>
    public void Say(Verdict verdict, AlertEvent alert)
    {
        var feedback = new FeedbackEvent
        {
            Id = "1", AlertId = alert.AlertId, Model = alert.Model, Metric = alert.Metric, Labels = alert.Labels, Verdict = verdict,
            By = "rosa", Score = alert.Score, At = _now, Partition = 0,
        };
        _pipeline.Adopt(new VerdictChange(feedback, 1, 1), _policies ?? PolicySet.Default, isNews: false, Events);
    }

    /// <summary>Goes on with a copy that was read from a snapshot.</summary>
    public void TakeOver()
    {
        var copy = New();
        SnapshotBytes.Load(SnapshotBytes.Of(_pipeline).Bytes, copy);
        _pipeline = copy;
    }

    public void Adopt(PolicySet policies) => _pipeline.Adopt(policies);

    private PartitionPipeline New() => new("lepton.metrics", 0, DetectionPolicy.Default, _policies)
    {
        Observer = (in JudgedSample judged) => Judged.Add(judged),
        EntityObserver = (in JudgedRow judged) => Rows.Add(judged),
    };

    private void SendPart(double?[] values, int part, int parts)
    {
        var metrics = string.Join(',', Enumerable.Range(0, Metrics).Where(i => i % parts == part && values[i] is not null)
            .Select(i =>
            $"\"m{i}\":{(double.IsNaN(values[i]!.Value) ? "\"NaN\"" : values[i]!.Value.ToString("R", CultureInfo.InvariantCulture))}"));
        var message =
            System.Text.Encoding.UTF8.GetBytes($$$"""{"model":"llama","ts":"{{{_now}}}","labels":{"gpu":"3"},"metrics":{{{{metrics}}}}}""");
        var outcome = _pipeline.Process(message, _offset++, _now, Events);
        Assert.That(outcome.IsAccepted, outcome.Detail);
    }
}
