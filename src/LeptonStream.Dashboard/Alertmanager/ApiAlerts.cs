using System.Text.Json.Serialization;

namespace LeptonStream.Dashboard.Alertmanager;

/// <summary>An alert as Alertmanager's API shows it.</summary>
internal sealed record ApiAlert(
    IReadOnlyDictionary<string, string> Annotations,
    DateTimeOffset EndsAt,
    string Fingerprint,
    IReadOnlyList<ApiReceiver> Receivers,
    DateTimeOffset StartsAt,
    ApiAlertStatus Status,
    DateTimeOffset UpdatedAt,
    [property: JsonPropertyName("generatorURL")] string GeneratorUrl,
    IReadOnlyDictionary<string, string> Labels);

internal sealed record ApiReceiver(string Name);

/// <param name="InhibitedBy">Fingerprints of the alerts that inhibit it.</param>
/// <param name="MutedBy">Names of the time intervals that mute it.</param>
/// <param name="SilencedBy">Ids of the silences that mute it.</param>
/// <param name="State">active or suppressed.</param>
internal sealed record ApiAlertStatus(
    IReadOnlyList<string> InhibitedBy, IReadOnlyList<string> MutedBy, IReadOnlyList<string> SilencedBy, string State);

/// <summary>A group as Alertmanager's API shows it.</summary>
internal sealed record ApiAlertGroup(IReadOnlyList<ApiAlert> Alerts, IReadOnlyDictionary<string, string> Labels, ApiReceiver Receiver);

/// <summary>The answer of <c>/api/v2/status</c>.</summary>
internal sealed record ApiStatus(ApiCluster Cluster, ApiConfig Config, DateTimeOffset Uptime, ApiVersion VersionInfo);

/// <param name="Status">Always disabled: replicas share the journal and gossip with nobody.</param>
/// <param name="Peers">None.</param>
internal sealed record ApiCluster(string Status, IReadOnlyList<string> Peers);

/// <param name="Original">The routes of the notifier without the settings of channels; empty where no notifier has started yet.</param>
internal sealed record ApiConfig(string Original);

internal sealed record ApiVersion(string Branch, string BuildDate, string BuildUser, string GoVersion, string Revision, string Version);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ApiAlert>))]
[JsonSerializable(typeof(IReadOnlyList<ApiAlertGroup>))]
[JsonSerializable(typeof(IReadOnlyList<ApiReceiver>))]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(IReadOnlyList<PostedAlert>))]
[JsonSerializable(typeof(string))]
internal sealed partial class ApiJson : JsonSerializerContext;
