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

    /// <summary>1 while a burst that comes at its hour is missed; else 0.</summary>
    public double Missing { get; init; }

    /// <summary>1 while its engine has work and makes no progress; else 0.</summary>
    public double Hang { get; init; }

    /// <summary>The score of the sample as one of a fault that ended lately; 0 where it is none.</summary>
    public double Return { get; init; }

    /// <summary>1 while something that should be there is not: a burst, or progress.</summary>
    public double Absent => Math.Max(Missing, Hang);

    /// <summary>The sample's score as published.</summary>
    public double Novelty => Math.Max(SharpNovelty, Math.Max(SlowNovelty, Young));

    /// <summary>The same where the sample belongs to a burst that is known: none of it is news.</summary>
    /// <param name="most">The most that known trouble scores.</param>
    public SampleScores WhereKnown(double most) => new()
    {
        Sharp = Math.Min(Sharp, most),
        SharpNovelty = Math.Min(SharpNovelty, most),
        Slow = Math.Min(Slow, most),
        SlowNovelty = Math.Min(SlowNovelty, most),
    };

    /// <summary>The same in parts of a line so many times lower. Rules and large young changes know theirs: they stay.</summary>
    public SampleScores Times(double factor) => new()
    {
        Sharp = factor * Sharp,
        SharpNovelty = factor * SharpNovelty,
        Slow = factor * Slow,
        SlowNovelty = factor * SlowNovelty,
        SlowAlarm = factor * SlowAlarm,
        Rule = Rule,
        Young = Young,
        Missing = Missing,
        Hang = Hang,
        Return = Return,
    };

    /// <summary>
    /// The signal for the alert of the series: novelty opens it, level keeps it, and the return to the baseline before the onset ends it.
    /// </summary>
    /// <param name="phase">Phase of the alert.</param>
    /// <param name="stand">The sample's position against that baseline.</param>
    public double For(AlertPhase phase, BaselineStand stand) => phase switch
    {
        AlertPhase.Quiet => Math.Max(SharpNovelty, Math.Max(SlowAlarm, Math.Max(Young, Math.Max(Absent, Return)))),
        AlertPhase.Pending => Math.Max(Sharp, Math.Max(SlowAlarm, Math.Max(Young, Math.Max(Absent, Return)))),
        _ => stand switch
        {
            BaselineStand.Back => Math.Max(Rule, Absent),
            BaselineStand.Lingering => Math.Max(1, Math.Max(Rule, Absent)),
            BaselineStand.Away => Math.Max(1, Math.Max(Return, Math.Max(Sharp, Slow))),
            _ => Math.Max(Sharp, Math.Max(Slow, Math.Max(Young, Absent))),
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

    /// <summary>Inside, while the mean of the values is not: the trouble goes on, and the value is none of it.</summary>
    Lingering = 3,
}
