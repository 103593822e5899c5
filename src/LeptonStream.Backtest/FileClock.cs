using LeptonStream.Samples;

namespace LeptonStream.Backtest;

/// <summary>The clock of a pipeline that a file is sent through.</summary>
internal static class FileClock
{
    /// <summary>Time between two looks at the clock where no record comes, as in the detector.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Beginning of a file that counts its time from zero: any date that the format accepts.</summary>
    public static readonly Timestamp Epoch = Timestamp.FromUnixSeconds(1_767_225_600);

    /// <summary>Lead of the pipeline's clock over that of a file that counts from zero.</summary>
    public static readonly TimeSpan Lead = Epoch - Timestamp.Zero;
}
