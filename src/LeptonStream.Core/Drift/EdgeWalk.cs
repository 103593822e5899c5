namespace LeptonStream.Drift;

/// <summary>
/// The edges of two histograms in one ascending row, with the share of each up to there. Between two of them both distribution functions
/// are straight lines, so sums over the row are exact.
/// </summary>
internal ref struct EdgeWalk(Histogram first, Histogram second)
{
    private int _inFirst;
    private int _inSecond;

    /// <summary>The edge.</summary>
    public double Edge { get; private set; }

    /// <summary>The share of the first up to the edge.</summary>
    public double First { get; private set; }

    /// <summary>The share of the second up to the edge.</summary>
    public double Second { get; private set; }

    /// <summary>Goes to the next edge; false behind the last.</summary>
    public bool MoveNext()
    {
        var mine = first.Edges;
        var its = second.Edges;
        var isMine = _inFirst < mine.Length && (_inSecond == its.Length || mine[_inFirst] <= its[_inSecond]);
        if (!isMine && _inSecond == its.Length) return false;
        Edge = isMine ? mine[_inFirst] : its[_inSecond];
        First = first.ShareBefore(_inFirst, Edge);
        Second = second.ShareBefore(_inSecond, Edge);
        if (isMine) _inFirst++;
        if (_inSecond < its.Length && its[_inSecond] == Edge) _inSecond++;
        return true;
    }
}
