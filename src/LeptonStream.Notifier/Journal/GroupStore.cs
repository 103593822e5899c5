using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>
/// Loads groups into a step of the pipeline and stores what the step changed. Every load locks the groups' rows until the transaction ends:
/// whichever notifier has the row makes the group's next move, and the others see the result.
/// </summary>
/// <param name="database">The journal's database.</param>
/// <param name="routing">The version of the routes in force; groups of another version are left to their owner, until they are overdue or a
/// start takes them over.</param>
internal sealed class GroupStore(Database database, string routing)
{
    // Far below the limit of either database.
    private const int MostParameters = 500;

    /// <summary>
    /// The groups of the given ids and those that hold one of the alerts; of their members only those that
    /// <see cref="AlertPipeline.OnAlert"/> needs.
    /// </summary>
    public async Task<LoadedGroups> LoadFor(DbTransaction transaction, string[] groupIds, string[] alertIds, string[] fingerprints)
    {
        var holding = await transaction.Query<string>(
            $"select distinct group_id from alert_group_member where alert_id {database.AnyOf("@alertIds")}", new { alertIds });
        string[] ids = [.. groupIds.Union(holding)];
        var groups = await transaction.Query<GroupRow>(
            $"select * from alert_group where group_id {database.AnyOf("@ids")} order by group_id {database.ForUpdate}", new { ids });
        // Read after the locks: a flush may have removed some between the two statements.
        var members = await transaction.Query<MemberRow>(
            $"select * from alert_group_member where alert_id {database.AnyOf("@alertIds")} or fingerprint "
                + $"{database.AnyOf("@fingerprints")}", new { alertIds, fingerprints });
        return LoadedGroups.Of(groups, members);
    }

    /// <summary>
    /// Groups whose flush is due, whole, those with something critical first; at most so many, and none that another notifier has in hand.
    /// </summary>
    public async Task<LoadedGroups> LoadDue(DbTransaction transaction, Timestamp now, TimeSpan longestWait, int limit)
    {
        var groups = new List<GroupRow>();
        foreach (var urgent in new[] { 1, 0 })
        {
            if (groups.Count == limit) break;
            groups.AddRange(await transaction.Query<GroupRow>(
                $"select * from alert_group where routing = @routing and urgent = {urgent} and (next_flush <= @now or next_flush > @far) "
                    + $"order by next_flush, group_id limit @limit {database.ForUpdateSkipLocked}",
                new
                {
                    routing, now = now.UnixMilliseconds, far = (now + longestWait).UnixMilliseconds, limit = limit - groups.Count,
                }));
        }

        string[] ids = [.. groups.Select(group => group.GroupId)];
        return LoadedGroups.Of(groups, await transaction.Query<MemberRow>(
            $"select * from alert_group_member where group_id {database.AnyOf("@ids")}", new { ids }));
    }

    /// <summary>Every group, whole, if any was made under other routes; else none.</summary>
    public async Task<LoadedGroups> LoadAllIfForeign(DbTransaction transaction)
    {
        var foreign = await transaction.Query<long>("select count(*) from alert_group where routing <> @routing", new { routing });
        if (foreign.Single() == 0) return LoadedGroups.Of([], []);
        var groups = await transaction.Query<GroupRow>($"select * from alert_group order by group_id {database.ForUpdate}");
        return LoadedGroups.Of(groups, await transaction.Query<MemberRow>("select * from alert_group_member"));
    }

    /// <summary>The ids of groups of other routes whose flush was due before a time, at most so many.</summary>
    public async Task<string[]> ForeignOverdue(DbConnection connection, Timestamp before, int limit) =>
        [.. await connection.QueryAsync<string>(
        "select group_id from alert_group where routing <> @routing and next_flush < @before order by next_flush, group_id limit @limit",
        new { routing, before = before.UnixMilliseconds, limit })];

    /// <summary>The locked groups that still are of other routes and overdue.</summary>
    public HashSet<string> StillOverdue(LoadedGroups loaded, string[] groupIds, Timestamp before) =>
        [.. groupIds.Where(id => loaded.Before.GetValueOrDefault(id) is { } group && group.Routing != routing && group.NextFlush < before)];

    /// <summary>The alerts of groups.</summary>
    public async Task<IReadOnlyList<GroupedAlert>> MembersOf(DbTransaction transaction, string[] groupIds)
    {
        var rows = await transaction.Query<MemberRow>(
            $"select * from alert_group_member where group_id {database.AnyOf("@groupIds")}", new { groupIds });
        return [.. rows.Select(row => AlertingJson.Read<GroupedAlert>(row.Content))];
    }

    /// <summary>The members of all groups that are of these alerts.</summary>
    public async Task<IReadOnlyList<GroupedAlert>> MembersOfAlerts(DbTransaction transaction, string[] alertIds)
    {
        var rows = await transaction.Query<MemberRow>(
            $"select * from alert_group_member where alert_id {database.AnyOf("@alertIds")}", new { alertIds });
        return [.. rows.Select(row => AlertingJson.Read<GroupedAlert>(row.Content))];
    }

    /// <summary>Time at which the next flush is due, or a group of other routes may be taken over; null without groups.</summary>
    /// <param name="connection">A connection of the caller's.</param>
    /// <param name="patience">Longest time that a group of other routes may be overdue.</param>
    public async Task<Timestamp?> NextFlush(DbConnection connection, TimeSpan patience)
    {
        var next = await connection.ExecuteScalarAsync<long?>(
            """
            select min(due) from (
              select min(next_flush) as due from alert_group where routing = @routing
              union all select min(next_flush) + @patience from alert_group where routing <> @routing) as flushes
            """,
            new { routing, patience = (long)patience.TotalMilliseconds });
        return next is { } milliseconds ? Timestamp.FromUnixMilliseconds(milliseconds) : null;
    }

    /// <summary>Stores what a step changed.</summary>
    /// <param name="transaction">The transaction that loaded them.</param>
    /// <param name="loaded">The groups after the step.</param>
    /// <param name="adopt">The groups of other routes that become ours, by id. All others stay their owner's, even where an alert in them
    /// ended.</param>
    /// <returns>Number of groups taken over.</returns>
    public async Task<int> Save(DbTransaction transaction, LoadedGroups loaded, IReadOnlySet<string>? adopt = null)
    {
        // With few statements, however many groups a storm makes.
        var groups = loaded.Groups.All.Select(group => (Group: group, Before: loaded.Before.GetValueOrDefault(group.Id))).ToArray();
        var adopted = groups.Where(item => item.Before is { } before && before.Routing != routing
            && adopt?.Contains(item.Group.Id) == true).Select(item => item.Group.Id).ToHashSet();
        var changed = groups.SelectMany(item => ChangedMembers(item.Group, item.Before)).ToArray();
        var urgent = changed.Where(member => member.Alert.IsUrgent).Select(member => member.Group.Id)
            .ToHashSet();
        await Insert(transaction, groups.Where(item => item.Before is null).Select(item => item.Group), urgent);
        await Update(transaction, groups.Where(item => item.Before is { } before && (!before.IsLike(item.Group)
            || adopted.Contains(item.Group.Id) || urgent.Contains(item.Group.Id))).Select(item => item.Group), urgent);
        await SaveMembers(transaction, changed);
        foreach (var (group, before) in groups) await DeleteMembers(transaction, group, before);

        foreach (var gone in loaded.Before.Keys.Where(id => !loaded.Groups.TryGet(id, out _)).Chunk(MostParameters))
        {
            await transaction.Execute($"delete from alert_group_member where group_id {database.AnyOf("@gone")}", new { gone });
            await transaction.Execute($"delete from alert_group where group_id {database.AnyOf("@gone")}", new { gone });
        }

        return adopted.Count;
    }

    private Task Insert(DbTransaction transaction, IEnumerable<AlertGroupState> groups, HashSet<string> urgent) => transaction.InsertEach(
        "alert_group (group_id, routing, route_key, receiver, group_key, group_labels, next_flush, told, urgent)",
        groups.Select(group => new
        {
            group.Id,
            routing,
            group.RouteKey,
            group.Receiver,
            group.Key,
            labels = AlertingJson.Write(group.GroupLabels),
            next = group.NextFlush.UnixMilliseconds,
            told = AlertingJson.Write(group.Notified),
            urgent = urgent.Contains(group.Id) ? 1 : 0,
        }));

    private Task Update(DbTransaction transaction, IEnumerable<AlertGroupState> groups, HashSet<string> urgent) => transaction.ExecuteEach(
        "update alert_group set routing = @routing, next_flush = @next, told = @told, urgent = @urgent where group_id = @Id",
        groups.Select(group => new
        {
            group.Id,
            routing,
            next = group.NextFlush.UnixMilliseconds,
            told = AlertingJson.Write(group.Notified),
            urgent = urgent.Contains(group.Id) ? 1 : 0,
        }));

    private static IEnumerable<(AlertGroupState Group, GroupedAlert Alert)> ChangedMembers(
        AlertGroupState group, LoadedGroups.Original? before) =>
        group.Alerts.Values.Where(alert => !alert.Equals(before?.Members.GetValueOrDefault(alert.Fingerprint)))
            .Select(alert => (group, alert));

    private static Task SaveMembers(DbTransaction transaction, IEnumerable<(AlertGroupState Group, GroupedAlert Alert)> members) =>
        transaction.InsertEach(
            "alert_group_member (group_id, fingerprint, alert_id, content)",
            members.Select(member => new
            {
                member.Group.Id,
                fingerprint = member.Alert.Fingerprint.ToString(),
                member.Alert.AlertId,
                content = AlertingJson.Write(member.Alert),
            }),
            "on conflict (group_id, fingerprint) do update set alert_id = excluded.alert_id, content = excluded.content");

    private async Task DeleteMembers(DbTransaction transaction, AlertGroupState group, LoadedGroups.Original? before)
    {
        if (before is null) return;
        foreach (var gone in before.Members.Keys.Where(fingerprint => !group.Alerts.ContainsKey(fingerprint))
            .Select(fingerprint => fingerprint.ToString()).Chunk(MostParameters))
            await transaction.Execute($"delete from alert_group_member where group_id = @Id and fingerprint {database.AnyOf("@gone")}",
                new { group.Id, gone });
    }

    internal sealed class GroupRow
    {
        public required string GroupId { get; init; }

        public required string Routing { get; init; }

        public required string RouteKey { get; init; }

        public required string Receiver { get; init; }

        public required string GroupLabels { get; init; }

        public required long NextFlush { get; init; }

        public required string Told { get; init; }
    }

    internal sealed class MemberRow
    {
        public required string GroupId { get; init; }

        public required string Content { get; init; }
    }
}
