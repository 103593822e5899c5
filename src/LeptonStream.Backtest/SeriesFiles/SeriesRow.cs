using LeptonStream.Samples;

namespace LeptonStream.Backtest.SeriesFiles;

/// <summary>One row of a <see cref="SeriesFile"/>: all its metrics at one time.</summary>
/// <param name="Line">The row's line in the file, from 1 (the header).</param>
/// <param name="Time">Time of the row; see <see cref="SeriesFile.HasCalendarTime"/>.</param>
/// <param name="Step">The training step, or <see cref="Sample.NoStep"/>.</param>
/// <param name="Values">One per metric of the file; null where the field is empty (not measured), NaN or infinite where it says so.</param>
/// <param name="IsAnomalous">The label of the row; null where the file has no label column.</param>
/// <param name="Part"><c>train</c> or <c>test</c> where the file has a <c>part</c> column, else null.</param>
/// <param name="TimeText">The time as the file writes it.</param>
internal readonly record struct SeriesRow(
    int Line, Timestamp Time, long Step, double?[] Values, bool? IsAnomalous, string? Part, string TimeText)
{
    /// <summary>Whether no metric was measured.</summary>
    public bool IsEmpty => !Array.Exists(Values, value => value is not null);
}
