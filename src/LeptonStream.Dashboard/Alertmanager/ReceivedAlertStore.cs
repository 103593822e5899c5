using System.Data.Common;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Received;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Alertmanager;

/// <summary>
/// Writes down the alerts that others post, in one transaction and before they get their answer. A notifier takes them up from there: it
/// records, groups and delivers them as those of the detectors.
/// </summary>
internal sealed class ReceivedAlertStore(Database journal)
{
    /// <summary>Alerts of others that fire at once, at most.</summary>
    public const int MostFiring = 100_000;

    private const string Upsert =
        """
        insert into received_alert (alert_id, fingerprint, labels, annotations, generator_url, starts_at, ends_at, renewed_at, state,
          events, taken_at, pending)
        values (@AlertId, @fingerprint, @labels, @annotations, @url, @starts, @ends, @renewed, 'new', 0, 0, 1)
        on conflict (alert_id) do update set annotations = excluded.annotations, generator_url = excluded.generator_url,
          starts_at = excluded.starts_at, ends_at = excluded.ends_at, renewed_at = excluded.renewed_at,
          pending = case when @isNews = 1 then 1 else received_alert.pending end
        """;

    /// <summary>Merges posts with what is known. Those whose fingerprint is the same take turns in the order of the list.</summary>
    /// <param name="posts">The posts; beside each whether it names no start.</param>
    /// <param name="stop">Ends it before the commit.</param>
    /// <returns>Whether they were taken: false where more alerts would fire than are allowed.</returns>
    public Task<bool> Save(IReadOnlyList<(ReceivedAlert Alert, bool HasNoStart)> posts, CancellationToken stop) =>
        journal.Write(async transaction =>
    {
        // Whoever posts takes turns: two replicas that get the same alert make one of it.
        await transaction.Query<long>($"select value from counter where name = 'received_alert' {journal.ForUpdate}");
        var timeout = ((await transaction.Query<RoutingInForce>(RoutingInForce.Select)).SingleOrDefault() ?? new()).ResolveTimeout;
        var known = await Known(transaction, posts);
        var changed = new Dictionary<string, Entry>();
        foreach (var (post, hasNoStart) in posts)
        {
            var fingerprint = Fingerprint.Of(post.Labels);
            var before = known.GetValueOrDefault(fingerprint);
            if (before is not null && !before.Alert.Labels.Equals(post.Labels)) before = null;
            if (Next(before, post, hasNoStart, timeout) is not { } entry) continue;
            known[fingerprint] = changed[entry.Alert.AlertId] = entry;
        }

        if (changed.Values.Any(entry => entry.IsNew) && await Firing(transaction) + changed.Values.Count(entry => entry.IsNew) > MostFiring)
            return false;
        await transaction.ExecuteEach(Upsert, changed.Values.OrderBy(entry => entry.Alert.AlertId, StringComparer.Ordinal).Select(Row));
        return true;
    }, stop);

    // Null where there is nothing to write down: the end of what is over, or never was here.
    private static Entry? Next(Entry? before, ReceivedAlert post, bool hasNoStart, TimeSpan timeout)
    {
        if (before is null || !before.Alert.Covers(post, timeout))
            return post.IsEndedBySender && hasNoStart ? null : new Entry(post, IsEnded: false, IsNew: true, IsNews: true);
        if (before.IsEnded && post.IsEndedBySender) return null;
        var merged = before.Alert.Merge(post, timeout);
        var isNews = before.IsNews || before.IsEnded || post.IsEndedBySender || !merged.Annotations.Equals(before.Alert.Annotations);
        return new Entry(merged, before.IsEnded, before.IsNew, isNews);
    }

    // The latest of each fingerprint.
    private async Task<Dictionary<Fingerprint, Entry>> Known(
        DbTransaction transaction, IReadOnlyList<(ReceivedAlert Alert, bool HasNoStart)> posts)
    {
        string[] fingerprints = [.. posts.Select(post => Fingerprint.Of(post.Alert.Labels).ToString()).Distinct()];
        string[] ids = [.. posts.Select(post => post.Alert.AlertId).Distinct()];
        var rows = await transaction.Query<ReceivedAlertRow>(
            $"""
            {ReceivedAlertRow.Select} where alert_id {journal.AnyOf("@ids")} or (fingerprint {journal.AnyOf("@fingerprints")}
              and starts_at = (select max(other.starts_at) from received_alert other where other.fingerprint = received_alert.fingerprint))
            order by starts_at, alert_id {journal.ForUpdate}
            """,
            new { ids, fingerprints });
        var known = new Dictionary<Fingerprint, Entry>();
        foreach (var row in rows)
        {
            var alert = row.ToAlert();
            known[Fingerprint.Of(alert.Labels)] = new Entry(alert, row.State == ReceivedAlertRow.Ended, IsNew: false, IsNews: false);
        }

        return known;
    }

    private static async Task<long> Firing(DbTransaction transaction) =>
        (await transaction.Query<long>("select count(*) from received_alert where state <> 'ended'")).Single();

    private static object Row(Entry entry) => new
    {
        entry.Alert.AlertId,
        fingerprint = Fingerprint.Of(entry.Alert.Labels).ToString(),
        labels = AlertingJson.Write(entry.Alert.Labels),
        annotations = AlertingJson.Write(entry.Alert.Annotations),
        url = SqlText.Clean(entry.Alert.GeneratorUrl),
        starts = entry.Alert.StartsAt.UnixMilliseconds,
        ends = entry.Alert.EndsAt?.UnixMilliseconds,
        renewed = entry.Alert.RenewedAt.UnixMilliseconds,
        isNews = entry.IsNews ? 1 : 0,
    };

    /// <param name="Alert">The alert.</param>
    /// <param name="IsEnded">Whether its end is recorded: it fires again.</param>
    /// <param name="IsNew">Whether no row has it yet.</param>
    /// <param name="IsNews">Whether the notifier should look at it.</param>
    private sealed record Entry(ReceivedAlert Alert, bool IsEnded, bool IsNew, bool IsNews);
}
