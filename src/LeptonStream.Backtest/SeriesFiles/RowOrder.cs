using LeptonStream.Explanations;
using LeptonStream.Samples;

namespace LeptonStream.Backtest.SeriesFiles;

/// <summary>Watches whether the rows of a file go forward in time.</summary>
internal sealed class RowOrder
{
    private Timestamp? _newest;

    /// <summary>The order of a row's time against the rows above it.</summary>
    public enum Place
    {
        /// <summary>Later than all of them.</summary>
        Forward,

        /// <summary>At the time of the newest of them.</summary>
        Repeated,

        /// <summary>Before the newest of them.</summary>
        Back,
    }

    /// <summary>Rows that go back in time.</summary>
    public int Back { get; private set; }

    /// <summary>Rows that repeat a time.</summary>
    public int Repeated { get; private set; }

    private int FirstLine { get; set; }

    public Place Add(in SeriesRow row)
    {
        if (_newest is { } newest && row.Time <= newest)
        {
            if (Back + Repeated == 0) FirstLine = row.Line;
            if (row.Time < newest) Back++;
            else Repeated++;
            return row.Time < newest ? Place.Back : Place.Repeated;
        }

        _newest = row.Time;
        return Place.Forward;
    }

    /// <summary>The trouble in one sentence; null where there is none.</summary>
    /// <param name="path">The file.</param>
    public string? Describe(string path) => Back + Repeated == 0
        ? null
        : $"{path}:{FirstLine}: {EnglishCount.Of(Back, "row")} out of order and {Repeated} with the time of the row above: sort the "
            + "file by time and remove repeated rows";
}
