using LeptonStream.Tuning;

namespace LeptonStream.Forecasting;

/// <summary>The tuned constants of the forecaster.</summary>
internal sealed record ForecastTuning
{
    private const string Winters = "method of P. R. Winters (1960); the value chosen by hand, with the figures of accuracy.md";

    public static ForecastTuning Default { get; } = new();

    [Tuned("share of an error that the level takes", Winters)]
    public double Level { get; init; } = 0.5;

    [Tuned("share of a change of level that the trend takes", Winters)]
    public double Trend { get; init; } = 0.01;

    [Tuned("share of an error that a slot of the daily profile takes in a period", Winters)]
    public double Daily { get; init; } = 0.1;

    [Tuned("share of an error that a slot of the weekly profile takes in a period", Winters)]
    public double Weekly { get; init; } = 0.3;

    [Tuned("share of an error that the scale takes", "chosen by hand; the figures of accuracy.md are those with it")]
    public double Scale { get; init; } = 0.002;

    [Tuned("share of the present period's error that another must stay below to take over", "two equals must not take turns")]
    public double BetterPeriod { get; init; } = 0.97;
}
