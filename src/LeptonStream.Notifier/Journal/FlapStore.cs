using System.Data.Common;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Flapping;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>Counts the openings of alerts, and knows which flap.</summary>
internal sealed class FlapStore(Database database, FlapRule rule)
{
    /// <summary>Takes events into account, in the transaction that records them.</summary>
    public async Task Count(DbTransaction transaction, IReadOnlyList<AlertEvent> events, Timestamp now)
    {
        if (!rule.IsOn) return;
        (string Key, AlertEvent Event)[] changes = [.. events
            .Where(alert => alert.Type is AlertEventType.Opened or AlertEventType.Resolved)
            .Select(alert => (FlapState.KeyOf(alert.RoutingLabels).ToString(), alert))];
        if (changes.Length == 0) return;
        string[] keys = [.. changes.Select(change => change.Key).Distinct()];
        var rows = await transaction.Query<Row>($"select * from flap where flap_key {database.AnyOf("@keys")}", new { keys });
        var before = rows.ToDictionary(row => row.FlapKey, row => row.ToState());
        var states = new Dictionary<string, FlapState>(before);
        foreach (var (key, alert) in changes)
        {
            var known = states.GetValueOrDefault(key);
            if (alert.Type == AlertEventType.Opened)
                states[key] = known?.OnOpened(rule, alert.DetectedAt, now) ?? FlapState.First(alert.DetectedAt, now);
            else if (known is not null) states[key] = known.OnEnded(rule, now);
        }

        await transaction.InsertEach(
            "flap (flap_key, openings, flapping_since, changed_at)",
            states.OrderBy(state => state.Key, StringComparer.Ordinal).Select(state => new
            {
                state.Key,
                openings = AlertingJson.Write(state.Value.Openings),
                since = state.Value.Since?.UnixMilliseconds,
                changed = state.Value.ChangedAt.UnixMilliseconds,
            }),
            """
            on conflict (flap_key) do update set openings = excluded.openings, flapping_since = excluded.flapping_since,
              changed_at = excluded.changed_at
            """);
    }

    /// <summary>Those that flap now, by their keys, each with the time since which it does.</summary>
    public async Task<IReadOnlyDictionary<Fingerprint, Timestamp>> Flapping(DbTransaction transaction, Timestamp now)
    {
        if (!rule.IsOn) return Mutes.None.Flapping;
        var rows = await transaction.Query<(string Key, long Since)>(
            "select flap_key, flapping_since from flap where flapping_since is not null and changed_at > @before and "
                + "changed_at <= @ahead",
            new { before = (now - rule.Steady).UnixMilliseconds, ahead = (now + rule.Steady).UnixMilliseconds });
        return rows.ToDictionary(row => Fingerprint.Parse(row.Key), row => Timestamp.FromUnixMilliseconds(row.Since));
    }

    /// <summary>Forgets those that are steady and whose openings lie before the window.</summary>
    public Task<int> Trim(DbTransaction transaction, Timestamp now) => transaction.Execute(
        "delete from flap where changed_at <= @before",
        new { before = (now - (rule.Window > rule.Steady ? rule.Window : rule.Steady)).UnixMilliseconds });

    private sealed class Row
    {
        public required string FlapKey { get; init; }

        public required string Openings { get; init; }

        public long? FlappingSince { get; init; }

        public required long ChangedAt { get; init; }

        public FlapState ToState() => new(
            AlertingJson.Read<Timestamp[]>(Openings), FlappingSince is { } since ? Timestamp.FromUnixMilliseconds(since) : null,
            Timestamp.FromUnixMilliseconds(ChangedAt));
    }
}
