namespace LeptonStream.Backtest;

/// <summary>The worth of the order of a series' scores, whatever line is drawn through them.</summary>
/// <param name="AucPr">Average precision, over every distinct score; null where no row that counts is anomalous.</param>
/// <param name="VusPr">Volume under the precision-recall surface, at TSB-AD's thresholds; null likewise.</param>
internal readonly record struct ScoreAreas(double? AucPr, double? VusPr)
{
    /// <param name="series">Only its rows from the first that counts on are looked at.</param>
    /// <param name="window">The longest buffer of the volume, in rows.</param>
    public static ScoreAreas Of(ScoredSeries series, int window = VolumeUnderSurface.ComparableWindow)
    {
        var scores = series.Scores.AsSpan(series.FirstScored);
        var labels = series.Labels.AsSpan(series.FirstScored);
        return new(AveragePrecision.Of(scores, labels), VolumeUnderSurface.Of(scores, labels, window)?.Pr);
    }

    /// <summary>The mean of each over those that have it.</summary>
    public static ScoreAreas MeanOf(IEnumerable<ScoreAreas> all)
    {
        ScoreAreas[] areas = [.. all];
        return new(areas.Average(a => a.AucPr), areas.Average(a => a.VusPr));
    }
}
