using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Detection;
using LeptonStream.Explanations;
using LeptonStream.Samples;

namespace LeptonStream.Backtest;

/// <summary>Counts the rows of a file that were not judged, and says why.</summary>
/// <param name="path">The file, for the reasons.</param>
internal sealed class RowAccount(string path)
{
    // The pipeline leaves these out by design: a counter's first row, and metrics that a policy ignores.
    private static readonly SampleRefusal[] Losses =
        [SampleRefusal.OutOfOrder, SampleRefusal.Duplicate, SampleRefusal.VendorBlank, SampleRefusal.SeriesLimit];

    private readonly Dictionary<string, (int Rows, int FirstLine)> _reasons = [];
    private long _lost;

    /// <summary>Rows of which no value was judged.</summary>
    public int NotJudged { get; private set; }

    /// <summary>Each reason in one sentence, with the number of rows and the first line.</summary>
    public IEnumerable<string> Reasons => _reasons.Select(reason =>
        $"{path}:{reason.Value.FirstLine}: {EnglishCount.Of(reason.Value.Rows, "row")} not judged, from this line on: "
            + $"{reason.Key}");

    public void Add(in SeriesRow row, in RecordOutcome outcome, PartitionPipeline pipeline, RowOrder.Place place)
    {
        var lost = Losses.Sum(pipeline.RefusedSamples);
        var isLost = lost > _lost;
        _lost = lost;
        if (outcome.Samples > 0 || row.IsEmpty) return;
        if (!outcome.IsAccepted) Count(row, outcome.Detail ?? outcome.Reason.ToString());
        else if (isLost) Count(row, place switch
        {
            RowOrder.Place.Back => "its time is before that of a row above",
            RowOrder.Place.Repeated => "its time is that of the row above",
            _ => "its values are marks for \"no reading\", or there are too many series",
        });
    }

    private void Count(in SeriesRow row, string reason)
    {
        NotJudged++;
        var before = _reasons.GetValueOrDefault(reason, (0, row.Line));
        _reasons[reason] = (before.Item1 + 1, before.Item2);
    }
}
