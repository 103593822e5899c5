namespace LeptonStream.Forecasting;

/// <summary>The period of a series, found by the forecaster itself.</summary>
public enum Period
{
    /// <summary>It has none, or none that helps to foretell it.</summary>
    None = 0,

    /// <summary>A day.</summary>
    Daily = 1,

    /// <summary>A week.</summary>
    Weekly = 2,
}
