using System.Text;
using System.Text.Json;
using LeptonStream.Collector.Intake;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Collector.Http;

/// <summary>OTLP/HTTP: <c>POST /v1/metrics</c>, as protobuf or JSON, answered in the same form.</summary>
internal sealed class OtlpProtocol : HttpProtocol
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";

    public override string Source => "/v1/metrics";

    public override RequestForm FormOf(HttpRequest request) => MediaTypeOf(request) switch
    {
        Protobuf or "application/protobuf" => new("otlp_proto", request.Headers.ContentEncoding.ToString()),
        Json => new("otlp_json", request.Headers.ContentEncoding.ToString()),
        var other => RequestForm.Unsupported($"Content-Type is '{other}': OTLP is {Protobuf} or {Json}"),
    };

    protected override Task Write(HttpContext http, IntakeReport report)
    {
        var isJson = MediaTypeOf(http.Request) == Json;
        return Write(http, isJson ? Json : Protobuf, (report.Outcome, isJson) switch
        {
            (IntakeOutcome.Written, true) => "{}"u8.ToArray(),
            (IntakeOutcome.Written, false) => ReadOnlyMemory<byte>.Empty,
            (IntakeOutcome.Partial, true) => JsonSerializer.SerializeToUtf8Bytes(PartialBody(report), AnswerJson.Plain.OtlpPartial),
            (IntakeOutcome.Partial, false) => OtlpAnswer.Partial(report),
            (_, true) => JsonSerializer.SerializeToUtf8Bytes(new(OtlpAnswer.CodeOf(report), report.Reason ?? ""),
                AnswerJson.Plain.OtlpStatus),
            _ => OtlpAnswer.Status(report),
        });
    }

    private static OtlpPartial PartialBody(IntakeReport report) => new(new($"{report.Rejected}", report.Reason ?? ""));
}

/// <summary>The answers of OTLP as protobuf.</summary>
internal static class OtlpAnswer
{
    // Of gRPC.
    private const int InvalidArgument = 3;
    private const int ResourceExhausted = 8;
    private const int Unavailable = 14;

    /// <summary>The code of gRPC: over HTTP in the body, over gRPC in the trailers.</summary>
    public static int CodeOf(IntakeReport report) => report.Outcome switch
    {
        IntakeOutcome.Written or IntakeOutcome.Partial => 0,
        IntakeOutcome.Limited or IntakeOutcome.Busy or IntakeOutcome.TooSlow => Unavailable,
        IntakeOutcome.TooLarge => ResourceExhausted,
        _ => InvalidArgument,
    };

    /// <summary><c>ExportMetricsServiceResponse</c>: how many data points were rejected, and why.</summary>
    public static byte[] Partial(IntakeReport report)
    {
        var partial = new ProtoBytes().Number(1, report.Rejected).Text(2, report.Reason ?? "");
        return new ProtoBytes().Bytes(1, partial.ToArray()).ToArray();
    }

    /// <summary><c>google.rpc.Status</c>, with the wait where there is one.</summary>
    public static byte[] Status(IntakeReport report)
    {
        var status = new ProtoBytes().Number(1, CodeOf(report)).Text(2, report.Reason ?? "");
        if (report.RetryAfter is not { } wait) return status.ToArray();
        var info = new ProtoBytes().Bytes(1, new ProtoBytes().Number(1, HttpProtocol.SecondsOf(wait)).ToArray());
        return status.Bytes(3, new ProtoBytes().Text(1, "type.googleapis.com/google.rpc.RetryInfo").Bytes(2, info.ToArray()).ToArray())
            .ToArray();
    }
}

/// <summary>A protobuf message in the making.</summary>
internal sealed class ProtoBytes
{
    private readonly List<byte> _bytes = [];

    public ProtoBytes Number(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public ProtoBytes Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    public ProtoBytes Bytes(int field, byte[] bytes)
    {
        Varint(((ulong)field << 3) | 2);
        Varint((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
