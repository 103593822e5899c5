using LeptonStream.Samples;

namespace LeptonStream.Simulator;

/// <summary>One sampling instant of the story.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Time">Event time.</param>
/// <param name="Elapsed">Time since the story began.</param>
/// <param name="Interval">Time between two of them.</param>
internal readonly record struct Moment(int Index, Timestamp Time, TimeSpan Elapsed, TimeSpan Interval)
{
    /// <summary>Seconds since the story began.</summary>
    public double Seconds => Elapsed.TotalSeconds;

    /// <summary>The share that a smoothing with this time constant keeps over one interval.</summary>
    public double Keep(TimeSpan timeConstant) => Math.Exp(-Interval / timeConstant);
}
