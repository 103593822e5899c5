using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.Received;
using LeptonStream.Dashboard.Alerts;
using LeptonStream.Dashboard.Silences;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Alertmanager;

/// <summary>The open alerts of the journal as Alertmanager's API shows them, with what mutes each.</summary>
internal sealed class ApiQueries(Database journal, AlertQueries alerts, OpenAlertTexts texts, SilenceStore silences, TimeProvider time)
{
    /// <summary>Every open alert, with its labels as code beside it.</summary>
    public async Task<IReadOnlyList<OpenAlert>> Open(Uri page, CancellationToken stop) => await Open(await Members(stop), page, stop);

    /// <summary>The groups of the notifier and the alerts that fire in them.</summary>
    public async Task<IReadOnlyList<OpenGroup>> Groups(Uri page, CancellationToken stop)
    {
        var members = await Members(stop);
        var open = (await Open(members, page, stop)).ToDictionary(alert => alert.AlertId);
        return [.. members.GroupBy(member => (member.GroupId, member.Receiver, member.GroupLabels))
            .Select(group => new OpenGroup(group.Key.Receiver, AlertingJson.Read<LabelSet>(group.Key.GroupLabels),
                [.. group.Where(member => open.ContainsKey(member.AlertId)).Select(member => open[member.AlertId])]))
            .OrderBy(group => group.Labels.ToString(), StringComparer.Ordinal).ThenBy(group => group.Receiver, StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<OpenAlert>> Open(IReadOnlyList<MemberRow> members, Uri page, CancellationToken stop)
    {
        var rows = await alerts.OpenAsync(stop);
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var active = (await silences.Since(now, stop)).Where(silence => silence.StateAt(now) == "active")
            .Select(silence => (silence.Id, Matchers: silence.ReadMatchers())).ToArray();
        var receivers = members.ToLookup(member => member.AlertId, member => member.Receiver);
        var known = await texts.Of(rows, stop);
        var labels = rows.ToDictionary(row => row.AlertId, row => known.GetValueOrDefault(row.AlertId)?.Labels
            ?? AlertSummary.LabelsOf(null, row.Severity, row.Model, row.Metric));
        var (received, timeout) = (await Received(stop), (await Routing(stop)).ResolveTimeout);
        var left = (await LeftOut(stop)).ToLookup(row => (row.AlertId, row.Cause), row => AlertingJson.Read<string[]>(row.Detail));
        return [.. rows.Select(row =>
        {
            string[] silencedBy =
                [.. active.Where(one => one.Matchers.All(matcher => matcher.Accepts(labels[row.AlertId]))).Select(one => one.Id)];
            string[] inhibitedBy = [.. By(row, SuppressionCause.Inhibition).Where(labels.ContainsKey)
                .Select(id => Fingerprint.Of(labels[id]).ToString())];
            string[] mutedBy = [.. By(row, SuppressionCause.MuteTime).Union(By(row, SuppressionCause.InactiveTime))
                .Union(By(row, SuppressionCause.Maintenance))];
            var isSuppressed = silencedBy.Length + inhibitedBy.Length + mutedBy.Length > 0;
            var status = new ApiAlertStatus(inhibitedBy, mutedBy, silencedBy, isSuppressed ? "suppressed" : "active");
            ApiReceiver[] notified = [.. receivers[row.AlertId].Distinct().Select(name => new ApiReceiver(name))];
            var annotations = known.GetValueOrDefault(row.AlertId)?.Annotations ?? LabelSet.Empty;
            var shown = Of(row, labels[row.AlertId], annotations, status, notified, page, now + timeout);
            if (received.GetValueOrDefault(row.AlertId) is { } alert) shown = AsSent(shown, alert, timeout);
            return new OpenAlert(shown, labels[row.AlertId], row.AlertId);
        })];

        IEnumerable<string> By(OpenAlertRow row, SuppressionCause cause) =>
            left[(row.AlertId, SuppressionCauses.NameOf(cause))].SelectMany(by => by).Distinct();
    }

    /// <summary>The receivers that have a group, or were notified.</summary>
    public async Task<IReadOnlyList<ApiReceiver>> Receivers(CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        var names = await connection.QueryAsync<string>(new CommandDefinition(
            "select receiver from alert_group union select receiver from notification order by receiver", cancellationToken: stop));
        return [.. names.Select(name => new ApiReceiver(name))];
    }

    /// <summary>The routing that the notifier published last.</summary>
    public async Task<RoutingInForce> Routing(CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<RoutingInForce>(
            new CommandDefinition(RoutingInForce.Select, cancellationToken: stop)) ?? new();
    }

    private async Task<Dictionary<string, ReceivedAlert>> Received(CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        var rows = await connection.QueryAsync<ReceivedAlertRow>(
            new CommandDefinition($"{ReceivedAlertRow.Select} where state = 'firing'", cancellationToken: stop));
        return rows.ToDictionary(row => row.AlertId, row => row.ToAlert());
    }

    private static ApiAlert AsSent(ApiAlert shown, ReceivedAlert alert, TimeSpan timeout) => shown with
    {
        Annotations = ToDictionary(alert.Annotations),
        EndsAt = alert.EndsBy(timeout).ToDateTimeOffset(),
        UpdatedAt = alert.RenewedAt.ToDateTimeOffset(),
        GeneratorUrl = alert.GeneratorUrl,
    };

    private static ApiAlert Of(
        OpenAlertRow row, LabelSet labels, LabelSet annotations, ApiAlertStatus status, ApiReceiver[] receivers, Uri page,
        Timestamp ends) =>
        new(
            ToDictionary(annotations),
            ends.ToDateTimeOffset(),
            Fingerprint.Of(labels).ToString(),
            receivers,
            DateTimeOffset.FromUnixTimeMilliseconds(row.Onset),
            status,
            DateTimeOffset.FromUnixTimeMilliseconds(row.UpdatedAt),
            $"{page}#alert={Uri.EscapeDataString(row.AlertId)}",
            ToDictionary(labels));

    private static Dictionary<string, string> ToDictionary(LabelSet labels) =>
        labels.ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal);

    private async Task<IReadOnlyList<MemberRow>> Members(CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        return (await connection.QueryAsync<MemberRow>(new CommandDefinition(
            """
            select m.group_id, m.alert_id, g.receiver, g.group_labels from alert_group_member m
            join alert_group g on g.group_id = m.group_id order by m.alert_id, m.group_id
            """,
            cancellationToken: stop))).AsList();
    }

    // What the last flush of a group left out, by its cause. Silences are judged here: they may be newer than the flush.
    private async Task<IReadOnlyList<LeftOutRow>> LeftOut(CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        return (await connection.QueryAsync<LeftOutRow>(new CommandDefinition(
            "select alert_id, cause, detail from suppression where until is null", cancellationToken: stop))).AsList();
    }

    private sealed class LeftOutRow
    {
        public required string AlertId { get; init; }

        public required string Cause { get; init; }

        public required string Detail { get; init; }
    }

    private sealed class MemberRow
    {
        public required string GroupId { get; init; }

        public required string AlertId { get; init; }

        public required string Receiver { get; init; }

        public required string GroupLabels { get; init; }
    }
}

/// <summary>An open alert, with its labels as code beside it.</summary>
internal sealed record OpenAlert(ApiAlert Alert, LabelSet Labels, string AlertId);

/// <summary>A group, and the open alerts in it.</summary>
internal sealed record OpenGroup(string Receiver, LabelSet Labels, IReadOnlyList<OpenAlert> Alerts);
