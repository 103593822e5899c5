using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Health;

namespace LeptonStream.Kafka.Status;

/// <summary>A worker's status of one partition that it owns, as a record of the status topic (docs/events.md).</summary>
public sealed record PartitionStatus
{
    /// <summary>The worker's role, such as <c>detector</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The loop that owns the partition: host and process id, and its number where the process has several.</summary>
    public required string Instance { get; init; }

    /// <summary>The input topic.</summary>
    public required string Topic { get; init; }

    /// <summary>The input partition.</summary>
    public required int Partition { get; init; }

    /// <summary>Time of writing, by the worker's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The log time of the last record that was read; null where none was.</summary>
    public DateTimeOffset? LogTime { get; init; }

    /// <summary>The offset to read next.</summary>
    public long NextOffset { get; init; }

    /// <summary>Records not read yet.</summary>
    public long Lag { get; init; }

    /// <summary>Series known.</summary>
    public int Series { get; init; }

    /// <summary>Number of times that the state began empty since the loop started, the first time left out.</summary>
    public int Restarts { get; init; }

    /// <summary>Whether the state covers too little history yet for full confidence.</summary>
    public bool Cold { get; init; }

    /// <summary>Whether nothing is read yet because the state of the partition is being restored.</summary>
    public bool Restoring { get; init; }

    /// <summary>The last gap in what is known, until half an hour of the log is known again; null where there is none.</summary>
    public StatusGap? Gap { get; init; }

    /// <summary>Whether nothing is read: the problems say why.</summary>
    public bool Blocked { get; init; }

    /// <summary>The numbers of about the last minute.</summary>
    public StatusCounts LastMinute { get; init; } = new();

    /// <summary>The numbers since the worker took the partition over.</summary>
    public StatusCounts Total { get; init; } = new();

    /// <summary>Keys of which nothing is judged now, those with the most records; empty where there are none.</summary>
    public IReadOnlyList<UnjudgedKey> Unjudged { get; init; } = [];

    /// <summary>The problems; empty where there are none.</summary>
    public IReadOnlyList<RoleProblem> Problems { get; init; } = [];

    // Anyone may write to the topic, and the numbers are added up.
    private bool IsPossible => Series >= 0 && StatusCounts.IsPossible(Lag) && LastMinute.IsPossible() && Total.IsPossible();

    /// <summary>The record's key: role and partition, so that a compacted topic keeps the last status of each.</summary>
    [JsonIgnore]
    public string Key => $"{Role}/{Partition}";

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, StatusJson.Default.PartitionStatus);

    /// <summary>Reads a record's value; null where it is no status.</summary>
    public static PartitionStatus? Read(ReadOnlySpan<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, StatusJson.Default.PartitionStatus) is { IsPossible: true } status ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A gap in what is known of a partition.</summary>
/// <param name="Offset">The input offset from which on it is lacking.</param>
/// <param name="At">The log time there.</param>
/// <param name="Reason">Why, in plain words.</param>
public sealed record StatusGap(long Offset, DateTimeOffset At, string Reason);

/// <summary>A key of the input topic of which nothing is judged now.</summary>
/// <param name="Key">The key; empty where the records have none.</param>
/// <param name="Records">Its records since the last that was judged.</param>
/// <param name="Reason">Reason for which the last of them was not judged.</param>
/// <param name="Since">The log time of the first of them.</param>
public sealed record UnjudgedKey(string Key, long Records, string Reason, DateTimeOffset Since);

/// <summary>Numbers of a partition.</summary>
public sealed record StatusCounts
{
    // More than there are, of this version and later ones.
    private const int MostReasons = 100;

    /// <summary>Records read.</summary>
    public long Records { get; init; }

    /// <summary>Samples judged.</summary>
    public long Samples { get; init; }

    /// <summary>Records refused, by reason.</summary>
    public IReadOnlyDictionary<string, long> RecordsRefused { get; init; } = new Dictionary<string, long>();

    /// <summary>Samples of accepted records that were not judged, by reason.</summary>
    public IReadOnlyDictionary<string, long> SamplesRefused { get; init; } = new Dictionary<string, long>();

    /// <summary>The share of the records that were refused, 0 to 1; 0 where there were none.</summary>
    [JsonIgnore]
    public double RefusedShare => Records == 0 ? 0 : (double)RecordsRefused.Values.Sum() / Records;

    /// <summary>Whether a number of records or samples can be one.</summary>
    internal static bool IsPossible(long count) => count is >= 0 and <= 1L << 46;

    /// <summary>Whether all numbers can be what they are said to be.</summary>
    internal bool IsPossible() => IsPossible(Records) && IsPossible(Samples)
        && RecordsRefused.Count <= MostReasons && RecordsRefused.Values.All(IsPossible)
        && SamplesRefused.Count <= MostReasons && SamplesRefused.Values.All(IsPossible);

    /// <summary>The difference to an earlier count.</summary>
    public StatusCounts Since(StatusCounts earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new()
        {
            Records = Records - earlier.Records,
            Samples = Samples - earlier.Samples,
            RecordsRefused = Since(RecordsRefused, earlier.RecordsRefused),
            SamplesRefused = Since(SamplesRefused, earlier.SamplesRefused),
        };
    }

    private static Dictionary<string, long> Since(IReadOnlyDictionary<string, long> now, IReadOnlyDictionary<string, long> earlier) => now
        .Select(reason => KeyValuePair.Create(reason.Key, reason.Value - earlier.GetValueOrDefault(reason.Key)))
        .Where(reason => reason.Value > 0)
        .ToDictionary();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PartitionStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
