using Dapper;
using LeptonStream.Dashboard.Alerts;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Alertmanager;

/// <summary>
/// Labels and annotations of the open alerts. Each stands in the payload of the alert's last event, among a hundred times as much: it is
/// read once, and kept until the alert changes or ends. Others ask for all open alerts every few seconds.
/// </summary>
internal sealed class OpenAlertTexts(Database journal)
{
    // Payloads that are in memory at once, of up to 120 KB.
    private const int AtOnce = 100;

    // Of more, the rest is read for each request.
    private const int MaxKept = 10_000;

    private const int TimeoutSeconds = 5;

    private volatile IReadOnlyDictionary<string, Text> _kept = new Dictionary<string, Text>();

    /// <summary>The texts of alerts, by their ids.</summary>
    /// <param name="alerts">All alerts that are open.</param>
    /// <param name="stop">Ends the reading.</param>
    public async Task<IReadOnlyDictionary<string, Text>> Of(IReadOnlyCollection<OpenAlertRow> alerts, CancellationToken stop)
    {
        var before = _kept;
        var texts = new Dictionary<string, Text>(alerts.Count);
        var missing = new List<string>();
        foreach (var alert in alerts)
        {
            if (before.TryGetValue(alert.AlertId, out var known) && known.Seq == alert.Seq) texts.Add(alert.AlertId, known);
            else missing.Add(alert.AlertId);
        }

        if (missing.Count == 0) return texts;
        await using var connection = await journal.Open(stop);
        foreach (var ids in missing.Chunk(AtOnce))
        {
            var rows = await connection.QueryAsync<(string AlertId, long Seq, string Payload)>(new(
                $"select alert_id, seq, payload from alert where alert_id {journal.AnyOf("@ids")}", new { ids },
                commandTimeout: TimeoutSeconds, cancellationToken: stop));
            foreach (var row in rows) texts[row.AlertId] = TextOf(row.Seq, row.Payload);
        }

        _kept = texts.Count <= MaxKept ? texts : texts.Take(MaxKept).ToDictionary();
        return texts;
    }

    // A payload that this version can't read still is an alert, of which the columns beside it are known.
    private static Text TextOf(long seq, string payload) =>
        AlertDetail.Read(payload) is { } last ? new(seq, last.RoutingLabels, last.Annotations) : new(seq, null, LabelSet.Empty);

    /// <summary>The labels and annotations of an alert.</summary>
    /// <param name="Seq">The number of the change that they are of.</param>
    /// <param name="Labels">The labels that routes and matchers see; null where the event can't be read.</param>
    /// <param name="Annotations">The annotations.</param>
    public sealed record Text(long Seq, LabelSet? Labels, LabelSet Annotations);
}
