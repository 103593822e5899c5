using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Detection;

/// <summary>The scores of both channels for one sample: 1.0 is the line.</summary>
internal readonly record struct SampleScores
{
    /// <summary>The sharp channel, with the rules, after spikes are damped.</summary>
    public double Sharp { get; init; }

    /// <summary>The part of <see cref="Sharp"/> that is novel.</summary>
    public double SharpNovelty { get; init; }

    /// <summary>The novel part of the slow channel's score; 0 between its steps.</summary>
    public double SlowNovelty { get; init; }

    /// <summary>The part of that which is worth an alert, in parts of the score that opens one; 0 between steps.</summary>
    public double SlowAlarm { get; init; }

    /// <summary>The slow channel's last step, in parts of the score that opens an alert.</summary>
    public double Slow { get; init; }

    /// <summary>The rules alone: frozen, constant that changed.</summary>
    public double Rule { get; init; }

    /// <summary>A large change that lasts, on a young series.</summary>
    public double Young { get; init; }

    /// <summary>The sample's score as published.</summary>
    public double Novelty => Math.Max(SharpNovelty, Math.Max(SlowNovelty, Young));

    /// <summary>The same in parts of a line so many times lower. Rules and large young changes know theirs: they stay.</summary>
    public SampleScores Times(double factor) => this with
    {
        Sharp = factor * Sharp,
        SharpNovelty = factor * SharpNovelty,
        Slow = factor * Slow,
        SlowNovelty = factor * SlowNovelty,
        SlowAlarm = factor * SlowAlarm,
    };

    /// <summary>
    /// The signal for the alert of the series: novelty opens it, level keeps it, and the return to the baseline before the onset ends it.
    /// </summary>
    /// <param name="phase">Phase of the alert.</param>
    /// <param name="stand">The sample's position against that baseline.</param>
    public double For(AlertPhase phase, BaselineStand stand) => phase switch
    {
        AlertPhase.Quiet => Math.Max(SharpNovelty, Math.Max(SlowAlarm, Young)),
        AlertPhase.Pending => Math.Max(Sharp, Math.Max(SlowAlarm, Young)),
        _ => stand switch
        {
            BaselineStand.Back => Rule,
            BaselineStand.Away => Math.Max(1, Math.Max(Sharp, Slow)),
            _ => Math.Max(Sharp, Math.Max(Slow, Young)),
        },
    };
}

/// <summary>A sample's position against the baseline that was frozen when the alert opened.</summary>
internal enum BaselineStand
{
    /// <summary>There is none, or the trouble is not one of its values.</summary>
    None = 0,

    /// <summary>Outside: the trouble goes on.</summary>
    Away = 1,

    /// <summary>Inside: back to normal.</summary>
    Back = 2,
}
