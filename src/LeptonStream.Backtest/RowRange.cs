namespace LeptonStream.Backtest;

/// <summary>Rows of a series, both ends included.</summary>
internal readonly record struct RowRange(int First, int Last)
{
    public int Length => Last - First + 1;

    public bool Overlaps(RowRange other) => First <= other.Last && other.First <= Last;

    /// <summary>The part that lies in another range; only where they overlap.</summary>
    public RowRange Within(RowRange other) => new(Math.Max(First, other.First), Math.Min(Last, other.Last));

    /// <summary>The ranges of rows that are true; rows at most <paramref name="gap"/> apart belong together.</summary>
    public static List<RowRange> Of(ReadOnlySpan<bool> rows, int from = 0, int gap = 1)
    {
        var ranges = new List<RowRange>();
        for (var row = from; row < rows.Length; row++)
        {
            if (!rows[row]) continue;
            if (ranges.Count > 0 && row - ranges[^1].Last <= gap) ranges[^1] = ranges[^1] with { Last = row };
            else ranges.Add(new(row, row));
        }

        return ranges;
    }
}
