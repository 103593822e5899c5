using System.Collections.Frozen;
using System.Text.Json;
using LeptonStream.Samples;

namespace LeptonStream.Kafka;

/// <summary>Reasons as they stand in headers and in the attributes of counters: <c>malformed_json</c>.</summary>
public static class ReasonNames
{
    private static readonly FrozenDictionary<RejectReason, string> OfRecords = NamesOf<RejectReason>();
    private static readonly FrozenDictionary<SampleRefusal, string> OfSamples = NamesOf<SampleRefusal>();

    public static string Of(RejectReason reason) => OfRecords[reason];

    public static string Of(SampleRefusal reason) => OfSamples[reason];

    private static FrozenDictionary<T, string> NamesOf<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().ToFrozenDictionary(reason => reason, reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()));
}
