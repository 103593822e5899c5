using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Alerting.Received;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Dashboard.Alertmanager;

/// <summary>One alert of <c>POST /api/v2/alerts</c> as it was written. Prometheus, amtool and Grafana write it alike.</summary>
internal sealed record PostedAlert(
    IReadOnlyDictionary<string, string?>? Labels,
    IReadOnlyDictionary<string, string?>? Annotations,
    DateTimeOffset? StartsAt,
    DateTimeOffset? EndsAt,
    [property: JsonPropertyName("generatorURL")] string? GeneratorUrl)
{
    /// <summary>Bytes of a body, at most: thousands of alerts.</summary>
    public const int LongestBody = 8 * 1024 * 1024;

    private const int MostLabels = 64;
    private const int LongestName = 256;
    private const int LongestLabel = 4 * 1024;
    private const int LongestAnnotation = 16 * 1024;
    private const int LongestUrl = 2 * 1024;

    /// <summary>Reads a body.</summary>
    /// <returns>The alerts; null, and what is wrong, where it is no list of alerts.</returns>
    public static async Task<(IReadOnlyList<PostedAlert?>? Alerts, string? Error)> ReadAll(Stream body, CancellationToken stop)
    {
        try
        {
            var alerts = await JsonSerializer.DeserializeAsync(body, ApiJson.Default.IReadOnlyListPostedAlert, stop);
            return alerts is null ? (null, "the body must be a JSON array of alerts") : (alerts, null);
        }
        catch (JsonException wrong)
        {
            return (null, $"the body must be a JSON array of alerts: {wrong.Message}");
        }
    }

    /// <summary>The alert, where it is sound; else null and what is wrong.</summary>
    /// <param name="now">The time.</param>
    /// <param name="error">What is wrong.</param>
    public ReceivedAlert? ToAlert(Timestamp now, out string? error)
    {
        error = Wrong(Labels, "label", LongestLabel) ?? Wrong(Annotations, "annotation", LongestAnnotation);
        var labels = SetOf(Labels);
        if (labels.Count == 0) error ??= "at least one label pair required";
        if (GeneratorUrl?.Length > LongestUrl) error ??= $"generatorURL has {GeneratorUrl.Length} characters, {LongestUrl} are allowed";
        var ends = Time(EndsAt);
        var starts = Time(StartsAt) ?? (ends < now ? ends.Value : now);
        if (ends < starts) error ??= "start time must be before end time";
        return error is not null ? null : new ReceivedAlert
        {
            AlertId = ReceivedAlert.IdOf(labels, starts),
            Labels = labels,
            Annotations = SetOf(Annotations),
            GeneratorUrl = GeneratorUrl ?? "",
            StartsAt = starts,
            EndsAt = ends,
            RenewedAt = now,
        };
    }

    /// <summary>Whether it only says that something is over, and not since when it was there.</summary>
    [JsonIgnore]
    public bool HasNoStart => Time(StartsAt) is null;

    // Go writes the first instant of the calendar where it means none. The journal keeps milliseconds.
    private static Timestamp? Time(DateTimeOffset? time) =>
        time is { Year: > 1 } given ? Timestamp.FromUnixMilliseconds(given.ToUnixTimeMilliseconds()) : null;

    private static LabelSet SetOf(IReadOnlyDictionary<string, string?>? pairs) =>
        LabelSet.Of((pairs ?? new Dictionary<string, string?>()).Select(pair => KeyValuePair.Create(pair.Key, pair.Value ?? "")));

    private static string? Wrong(IReadOnlyDictionary<string, string?>? pairs, string kind, int longest)
    {
        if (pairs is null) return null;
        if (pairs.Count > MostLabels) return $"{pairs.Count} {kind}s, {MostLabels} are allowed";
        foreach (var (name, value) in pairs)
        {
            if (name.Length is 0 or > LongestName) return $"invalid {kind} name: it must have 1 to {LongestName} characters";
            if (value?.Length > longest) return $"{kind} {name} has {value.Length} characters, {longest} are allowed";
        }

        return null;
    }
}
