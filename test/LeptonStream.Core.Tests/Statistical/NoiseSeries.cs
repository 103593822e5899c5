using System.Buffers;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Samples;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace LeptonStream.Core.Tests.Statistical;

/// <summary>
/// One endless series of one kind of noise, in a partition of its own, so that nothing is there that could agree with it.
/// </summary>
internal sealed class NoiseSeries
{
    // One that the presets know to be a counter.
    private const string Counter = "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL";
    private const double OddsOfAStep = 1 / 20_000.0;

    private static readonly Timestamp Start = Timestamp.FromUnixSeconds(1_700_000_000);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly NoiseKind _kind;
    private readonly TimeSpan _interval;
    private readonly Xoshiro256StarStar _random;
    private readonly double _phase;
    private readonly HashSet<string> _critical = [];
    private double _level = 50;
    private long _count;

    /// <summary>Makes the series of a seed: the same one every time.</summary>
    public NoiseSeries(NoiseKind kind, TimeSpan interval, int seed)
    {
        (_kind, _interval, _random) = (kind, interval, new(seed));
        _phase = _random.NextDouble();
    }

    /// <summary>How many alerts opened.</summary>
    public int Opened { get; private set; }

    /// <summary>How many of them were critical, at once or later.</summary>
    public int Critical => _critical.Count;

    /// <summary>How often its level changed.</summary>
    public int Changes { get; private set; }

    /// <summary>Sends it through the pipeline.</summary>
    public void Run(int samples)
    {
        var pipeline = new PartitionPipeline("lepton.metrics", 0, DetectionPolicy.Default);
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        var events = new List<AlertEvent>();
        for (var i = 0; i < samples; i++)
        {
            var time = Start + (_interval * i);
            buffer.ResetWrittenCount();
            json.Reset();
            json.WriteStartObject();
            json.WriteString("model", "m");
            json.WriteNumber("ts", time.UnixMilliseconds);
            json.WriteStartObject("metrics");
            json.WriteNumber(_kind == NoiseKind.RareCounts ? Counter : "x", Next(_interval * i / Day));
            json.WriteEndObject();
            json.WriteEndObject();
            json.Flush();
            var outcome = pipeline.Process(buffer.WrittenSpan, i, time, events);
            // Of a counter, the first one tells nothing yet.
            if (outcome.Samples != 1 && i > 0) throw new InvalidOperationException($"sample {i} was not judged: {outcome.Detail}");
            foreach (var alert in events) Count(alert);
            events.Clear();
        }
    }

    private void Count(AlertEvent alert)
    {
        if (alert.Type == AlertEventType.Opened) Opened++;
        if (alert.Severity == AlertSeverity.Critical) _critical.Add(alert.AlertId);
    }

    private double Next(double days) => _kind switch
    {
        NoiseKind.Gaussian => Normal.Sample(_random, 100, 5),
        NoiseKind.HeavyTailed => StudentT.Sample(_random, 100, 5, 3),
        NoiseKind.Poisson => Poisson.Sample(_random, 2),
        NoiseKind.RareCounts => _count += Poisson.Sample(_random, 4 * (_interval / Day)),
        NoiseKind.ZeroInflated => _random.NextDouble() < 0.95 ? 0 : LogNormal.Sample(_random, 0, 1),
        NoiseKind.Steps => Setting(),
        _ => 100 + (50 * Math.Sin(2 * Math.PI * (days + _phase))) + Normal.Sample(_random, 0, 5),
    };

    private double Setting()
    {
        if (_random.NextDouble() >= OddsOfAStep) return _level;
        Changes++;
        return _level = Math.Round(Normal.Sample(_random, 50, 20));
    }
}
