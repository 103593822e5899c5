using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeptonStream.Collector.Http;

/// <summary>OTLP's answer where some data points were rejected.</summary>
internal sealed record OtlpPartial(OtlpPartialSuccess PartialSuccess);

/// <summary>How many, in OTLP's JSON as text, and why.</summary>
internal sealed record OtlpPartialSuccess(string RejectedDataPoints, string ErrorMessage);

/// <summary>OTLP's answer to a request that failed.</summary>
internal sealed record OtlpStatus(int Code, string Message);

/// <summary>The answer of <c>POST /v1/samples</c>.</summary>
/// <param name="Accepted">Samples that Kafka has, or of which nothing is made on purpose.</param>
/// <param name="Rejected">Samples that will never be taken.</param>
/// <param name="Repeated">Those of the accepted whose series has their time already: nothing is made of them; absent where none is.</param>
/// <param name="Error">Which and why; absent where all went well.</param>
internal sealed record NativeAnswer(int Accepted, int Rejected, int? Repeated, string? Error);

/// <summary>InfluxDB's answer to a request that failed: version 2 has code and message, version 1 error.</summary>
internal sealed record InfluxAnswer(string? Code, string? Message, string? Error);

[JsonSerializable(typeof(OtlpPartial))]
[JsonSerializable(typeof(OtlpStatus))]
[JsonSerializable(typeof(NativeAnswer))]
[JsonSerializable(typeof(InfluxAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext
{
    /// <summary>Answers as people read them: no page shows them, so a quotation mark need not be <c>\u0027</c>.</summary>
    public static AnswerJson Plain { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
