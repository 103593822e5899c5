using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Explanations;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Status;
using LeptonStream.Kafka.Topics;
using LeptonStream.Notifier;
using LeptonStream.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Cli.Doctor;

/// <summary>Looks at everything the roles need, changes nothing, and says what is wrong.</summary>
internal sealed class Diagnostics(KafkaOptions kafka, StorageOptions storage, NotifierOptions notifier)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // For a cluster that has just answered.
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(3);

    // The alerts topic where it holds events.
    private string? _alerts;

    public async Task<IReadOnlyList<Finding>> Run(CancellationToken stop)
    {
        List<Finding> findings = [.. Program()];
        findings.AddRange(await Broker(stop));
        var journal = new JournalDiagnostics(storage, _alerts);
        findings.AddRange(await journal.Run(stop));
        findings.Add(RoutingDiagnostics.Of(notifier));
        findings.Add(HeartbeatDiagnostics.Of(notifier, journal.HeartbeatAt, journal.Now));
        return findings;
    }

    private static IEnumerable<Finding> Program()
    {
        yield return new("lepton", VersionOf(typeof(Diagnostics)));
        yield return new(".NET", $"{Environment.Version} on {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})");
        yield return new("Kafka client", $"Confluent.Kafka {VersionOf(typeof(ClientConfig))}");
        yield return Native();
    }

    private static Finding Native()
    {
        const string Name = "native library";
        try
        {
            var version = Library.VersionString;
            // Before 2.14.2 leaving a group could bring the process down.
            return new(Name, $"librdkafka {version}", Library.Version < 0x020E02FF
                ? $"librdkafka {version} is too old: 2.14.2 or newer is needed"
                : null);
        }
        catch (Exception failure) when (failure is DllNotFoundException or EntryPointNotFoundException or InvalidOperationException
            or TypeInitializationException)
        {
            return new(Name, "not loaded", $"the native Kafka library can't be loaded: {failure.GetBaseException().Message}");
        }
    }

    private async Task<IReadOnlyList<Finding>> Broker(CancellationToken stop)
    {
        const string Name = "Kafka";
        using var admin = new AdminClientBuilder(ClientSettings.Admin(kafka)).LogTo(NullLogger.Instance).Build();
        try
        {
            var brokers = admin.GetMetadata(Patience).Brokers;
            var names = string.Join(", ", brokers.Select(broker =>
                string.Create(CultureInfo.InvariantCulture, $"{broker.Host}:{broker.Port}")));
            List<Finding> findings = [new(Name, $"{kafka.BootstrapServers}: {await ClusterId(admin)}, "
                + $"{EnglishCount.Of(brokers.Count, "broker")} ({names})")];
            foreach (var broker in brokers) findings.Add(await Apis(broker, stop));
            findings.AddRange(await Topics(admin));
            findings.Add(Workers(stop));
            return findings;
        }
        catch (KafkaException failure)
        {
            return [new(Name, $"{kafka.BootstrapServers}: no answer", KafkaTool.PlainWords(failure.Error, kafka))];
        }
    }

    private Finding Workers(CancellationToken stop)
    {
        const string Role = RoleNames.Detector;
        var names = TopicNames.Of(kafka);
        IReadOnlyCollection<PartitionStatus> all;
        int partitions;
        bool isUnread;
        try
        {
            using var reader = new StatusReader(kafka, names, NullLogger.Instance);
            (partitions, all) = (reader.InputPartitions(), reader.Read(stop));
            _alerts = reader.HoldsRecords(names.Alerts) ? names.Alerts : null;
            isUnread = all.Count == 0 && reader.HoldsRecords(names.Metrics);
        }
        catch (KafkaException failure)
        {
            return new(Role, "status not readable", $"{names.Status} can't be read: {failure.Error.Words()}");
        }

        if (partitions == 0 && all.Count > 0) return new(Role, $"reads nothing: there is no topic {names.Metrics}");
        if (all.Count == 0)
        {
            return new(Role, "no detector has reported on this cluster yet",
                isUnread
                    ? $"{names.Metrics} holds records, and no detector has reported to {names.Status}: start one with 'lepton detector' "
                        + "(one that runs reports within half a minute of the topic's creation)"
                    : null,
                IsMissing: true);
        }

        var now = DateTimeOffset.UtcNow;
        var problems = StatusHealth.ProblemsOf(Role, all, partitions, now);
        var statuses = StatusHealth.Alive(Role, all, partitions, now);
        var words = statuses.Count == 0 ? "not running" : string.Create(
            CultureInfo.InvariantCulture,
            $"{statuses.Sum(status => (long)status.Series)} series, {statuses.Sum(status => status.Lag)} records behind, "
                + $"{statuses.Count(status => status.Cold)} of {EnglishCount.Of(partitions, "partition")} cold");
        if (statuses.Count(status => status.Restoring) is > 0 and var restoring)
            words += string.Create(CultureInfo.InvariantCulture, $", {restoring} restoring");
        if (StatusHealth.RefusalsOf(statuses) is { } refusals) words += $", {refusals}";
        foreach (var status in statuses)
            if (status.Gap is { } gap)
                words += string.Create(CultureInfo.InvariantCulture,
                    $"; partition {status.Partition} began with empty state at offset {gap.Offset}: {gap.Reason}");
        return new(Role, words, RoleProblem.Line(problems));
    }

    private static async Task<string> ClusterId(IAdminClient admin)
    {
        try
        {
            return $"cluster {(await admin.DescribeClusterAsync(new() { RequestTimeout = ShortPatience })).ClusterId}";
        }
        catch (KafkaException untold) when (untold.Error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_UnsupportedFeature)
        {
            return "a cluster that does not tell its id";
        }
    }

    private async Task<Finding> Apis(BrokerMetadata node, CancellationToken stop)
    {
        var name = $"broker {node.BrokerId.ToString(CultureInfo.InvariantCulture)}";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            var apis = await BrokerApis.Ask(kafka, node.Host, node.Port, limit.Token);
            var missing = string.Join(", ", apis.Missing);
            return new(name, $"{apis.Age}, {apis.Count} kinds of requests",
                missing.Length == 0 ? null : $"{node.Host}:{node.Port} does not know {missing}");
        }
        catch (Exception failure) when (failure is SocketException or IOException or AuthenticationException
            || (failure is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return new(name, "no answer", $"the cluster names the broker {node.Host}:{node.Port}, which can't be reached from here "
                + $"({failure.Message}): check its advertised.listeners");
        }
    }

    private async Task<IEnumerable<Finding>> Topics(IAdminClient admin)
    {
        var reports = await new TopicAdministration(admin, TopicNames.Of(kafka)).Check();
        var topics = reports.Select(report => new Finding(
            report.Name,
            report.Partitions is { } partitions
                ? string.Create(CultureInfo.InvariantCulture,
                    $"{EnglishCount.Of(partitions, "partition")}{(report.SettingsKnown ? "" : ", settings unknown")}")
                : "missing",
            report.IsSound ? null : string.Join("; ", report.Problems)));
        // A cluster without settings to ask for has no rights to ask for either, and would be waited for.
        string[] known = [.. reports.Where(report => report is { SettingsKnown: true, Partitions: not null })
            .Select(report => report.Name)];
        return known.Length == 0 ? topics : [.. topics, .. await Rights(admin, known)];
    }

    // Roles may have credentials of their own, so that it is for an operator to say whether these should have them.
    private async Task<IEnumerable<Finding>> Rights(IAdminClient admin, string[] topics)
    {
        if (await TopicRights.Missing(admin, TopicNames.Of(kafka), topics) is not { } missing) return [];
        const string Name = "rights";
        return missing.Count == 0
            ? [new(Name, "these credentials have all rights on topics that the roles need")]
            : missing.Select(one => new Finding(Name, $"no {one.Right} of {one.Topic}", Advice: $"these credentials lack the right "
                + $"{one.Right} on {one.Topic}, which these roles need: {string.Join(", ", one.Roles)}; see docs/configuration.md#rights"));
    }

    private static string VersionOf(Type type) => type.Assembly.GetName().Version!.ToString(3);
}
