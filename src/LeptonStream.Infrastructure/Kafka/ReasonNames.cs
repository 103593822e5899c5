using System.Collections.Frozen;
using System.Text.Json;
using LeptonStream.Samples;

namespace LeptonStream.Kafka;

/// <summary>Reasons as they stand in headers and in the attributes of counters: <c>malformed_json</c>.</summary>
public static class ReasonNames
{
    public static string Of(RejectReason reason) => Of<RejectReason>(reason);

    public static string Of(SampleRefusal reason) => Of<SampleRefusal>(reason);

    /// <summary>The name of any reason.</summary>
    public static string Of<T>(T reason)
        where T : struct, Enum => Names<T>.All[reason];

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> All = Enum.GetValues<T>().ToFrozenDictionary(
            reason => reason, reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()));
    }
}
