using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Habits;

/// <summary>
/// A series with a burst at its hour, drawn from a seed: its hour and length (1 minute to 2 hours), some minutes early or late, its height
/// and side, the level and noise of the rest, and how often it is sampled (10 seconds to 5 minutes). On one day it does not come.
/// </summary>
internal sealed class BurstStream
{
    private static readonly int[] Intervals = [10, 15, 30, 60, 120, 300];
    private static readonly double[] Levels = [0, 10, 100, 1e6];

    private readonly Random _random;
    private readonly double _level;
    private readonly double _deviation;
    private readonly double _daily;
    private readonly double _height;
    private readonly double[] _starts;
    private readonly double[] _gains;

    public BurstStream(int seed, bool isWeekly)
    {
        _random = new(seed);
        IsWeekly = isWeekly;
        Interval = Intervals[_random.Next(isWeekly ? 3 : 0, Intervals.Length)];
        Length = Math.Max(2 * Interval, 60 * Math.Pow(120, _random.NextDouble()));
        Hour = 11 + (_random.NextDouble() * 10);
        Jitter = 300 * _random.NextDouble();
        _level = Levels[_random.Next(Levels.Length)];
        _deviation = _level == 0 ? 1 : _level * (0.01 + (0.1 * _random.NextDouble()));
        _height = _deviation * (10 + (60 * _random.NextDouble())) * (_random.Next(3) == 0 ? -1 : 1);
        // A burst must stand out of the course of the day.
        _daily = _random.Next(3) == 0 ? Math.Min(3 * _deviation, Math.Abs(_height) / 10) : 0;
        Days = isWeekly ? 36 : 11;
        Missed = isWeekly ? 28 : 9;
        _starts = [.. Enumerable.Range(0, Days).Select(day =>
            (day * 86_400) + (Hour * 3600) + (((2 * _random.NextDouble()) - 1) * Jitter))];
        _gains = [.. _starts.Select(_ => 0.85 + (0.3 * _random.NextDouble()))];
    }

    public bool IsWeekly { get; }

    public int Interval { get; }

    public double Length { get; }

    public double Hour { get; }

    public double Jitter { get; }

    public int Days { get; }

    /// <summary>The day on which it does not come, from 0.</summary>
    public int Missed { get; }

    /// <summary>The day from which on it is known, from 0: the fourth one, or that of the third week.</summary>
    public int KnownFrom => IsWeekly ? 14 : 3;

    public int Samples => Days * 86_400 / Interval;

    public bool ComesOn(int day) => (!IsWeekly || day % 7 == 0) && day != Missed;

    /// <summary>Whether a time lies in a burst or within three hours of its end, a quarter of an hour before it at the earliest.</summary>
    public bool IsNear(double seconds)
    {
        var day = (int)(seconds / 86_400);
        return ComesOn(day) && seconds > _starts[day] - 900 && seconds < _starts[day] + Length + 10_800;
    }

    public double At(int sample)
    {
        var seconds = (double)sample * Interval;
        var day = (int)(seconds / 86_400);
        var value = _level + Normal.Sample(_random, 0, _deviation) + (_daily * Math.Sin(2 * Math.PI * seconds / 86_400));
        return ComesOn(day) && seconds >= _starts[day] && seconds < _starts[day] + Length
            ? value + (_height * _gains[day] * (1 + Normal.Sample(_random, 0, 0.03)))
            : value;
    }

    public override string ToString() =>
        $"{(IsWeekly ? "weekly" : "daily")} at {Hour:F1} h for {Length / 60:F0} min ± {Jitter / 60:F1} min, every {Interval} s, "
        + $"{_height / _deviation:F0} deviations, level {_level}";
}
