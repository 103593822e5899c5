using LeptonStream.Tuning;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>The tuned constants of what opens an alert: spikes, novelty, large changes of young series.</summary>
internal sealed record LifecycleTuning
{
    private const string Spikes = "heavy-tailed noise shows spikes by nature, an incident lasts (ADR 0006)";
    private const string Young = "one sample in ten of a change of eight deviations lies below 6.7";

    public static LifecycleTuning Default { get; } = new();

    [Tuned("score from which a single sample is a spike, in lines of news", Spikes)]
    public double Spike { get; init; } = 0.6;

    [Tuned("days in which spikes are forgotten by half", Spikes)]
    public double SpikeHalfLifeDays { get; init; } = 7;

    [Tuned("spikes that a series may show before more is asked of them", Spikes)]
    public double TolerableSpikes { get; init; } = 8;

    [Tuned("most that is asked of a spike beyond its score, in scores", Spikes)]
    public double MostAskedOfSpikes { get; init; } = 2;

    [Tuned("factor on the lesser score of two samples in a row", "an incident lasts (ADR 0006)")]
    public double LastingBonus { get; init; } = 1.15;

    [Tuned("times the reported score at which a score is reported again", "ADR 0006")]
    public double WorseFactor { get; init; } = 2;

    [Tuned("most that a score without novelty comes to, in lines of news", "a known incident ranks below the next one (accuracy.md)")]
    public double Known { get; init; } = 0.64;

    [Tuned("calm samples after which a sharp event is reported again", "ADR 0034")]
    public int CalmSamples { get; init; } = 4;

    [Tuned("deviations that each sample of a large young change must lie beyond", Young)]
    public double YoungEachFrom { get; init; } = 4.5;

    [Tuned("deviations that their mean must lie beyond", Young)]
    public double YoungMeanFrom { get; init; } = 6.5;

    [Tuned("scales of the forecast's error that it must begin with", "the first morning of a service is no change")]
    public double YoungJumpFrom { get; init; } = 4.5;

    [Tuned("times as far as it went before that is new to a young series", "chosen by hand; the figures of accuracy.md are those with it")]
    public double YoungFurther { get; init; } = 1.5;
}
