using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Store;

namespace LeptonStream.Detection.Engines;

/// <summary>What the metrics of an engine say at this time.</summary>
/// <param name="Work">The series with the most requests; null where none says that there are any.</param>
/// <param name="Requests">Their number.</param>
/// <param name="IsWorkKnown">Whether any series says how many there are.</param>
/// <param name="HasProgress">Whether another series than the one at hand shows progress, or a prompt that is taken in.</param>
/// <param name="Leads">Whether progress is to be seen in the series at hand first.</param>
internal readonly record struct EngineView(SeriesState? Work, double Requests, bool IsWorkKnown, bool HasProgress, bool Leads)
{
    /// <summary>Looks at the entity of a series. Allocates nothing.</summary>
    public static EngineView Of(SeriesState series)
    {
        if (series.Entity?.Row is not { } row || series.Place < 0) return default;
        var view = new EngineView(null, 0, false, false, Leads: true);
        for (var i = 0; i < row.Count; i++)
        {
            if (row[i] is not { Engine: not EngineRole.None } other || other == series || !row.IsFresh(i)) continue;
            view = view.With(series, other, row.ValueOf(i), i);
        }

        return view;
    }

    private EngineView With(SeriesState series, SeriesState other, double value, int place)
    {
        if (double.IsNaN(value)) return this;
        if (other.Engine == EngineRole.Work)
        {
            return value > Requests
                ? this with { Work = other, Requests = value, IsWorkKnown = true }
                : this with { IsWorkKnown = true };
        }

        var isBefore = other.Engine < series.Engine || (other.Engine == series.Engine && place < series.Place);
        return this with
        {
            HasProgress = HasProgress || value > 0,
            Leads = Leads && !(isBefore && other.Progress is { HasShown: true }),
        };
    }
}
