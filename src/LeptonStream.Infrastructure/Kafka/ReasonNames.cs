using System.Collections.Frozen;
using System.Text.Json;
using LeptonStream.Samples;

namespace LeptonStream.Kafka;

/// <summary>Reasons as they stand in headers and in the attributes of counters: <c>malformed_json</c>.</summary>
public static class ReasonNames
{
    private static readonly FrozenDictionary<RejectReason, string> Names =
        Enum.GetValues<RejectReason>().ToFrozenDictionary(reason => reason, reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()));

    public static string Of(RejectReason reason) => Names[reason];
}
