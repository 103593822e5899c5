using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection.EarlyWarning;

/// <summary>Courses of a series over time, and what a watch says of them.</summary>
internal static class Course
{
    public static readonly Timestamp Start = Timestamp.FromDateTimeOffset(new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));

    public const double Step = 15;

    /// <summary>The changes of one run, with their time in seconds since the start.</summary>
    public static List<Told> Watch(Func<double, double> course, TimeSpan length, TimeSpan horizon, double limit = 1, bool isFloor = false,
        double step = Step)
    {
        var watch = new LimitWatch(new(limit, isFloor, horizon));
        var told = new List<Told>();
        for (double at = 0; at < length.TotalSeconds; at += step)
            if (watch.Observe(Start + TimeSpan.FromSeconds(at), course(at)) is var change and not (LimitChange.None or LimitChange.Going))
                told.Add(new(at, change, watch.Forecast));
        return told;
    }

    /// <summary>Normal noise with this standard deviation and correlation time.</summary>
    public static Func<double> Noise(int seed, double deviation, double correlationSeconds = 0)
    {
        var random = new Random(seed);
        var keep = correlationSeconds == 0 ? 0 : Math.Exp(-Step / correlationSeconds);
        var state = 0.0;
        return () => deviation * (state = (keep * state) + (Math.Sqrt(1 - (keep * keep)) * Streams.Gauss(random)));
    }

    internal readonly record struct Told(double At, LimitChange Change, BreachForecast Forecast);
}
