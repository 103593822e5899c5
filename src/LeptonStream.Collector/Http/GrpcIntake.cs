using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Http;

/// <summary>
/// OTLP/gRPC: one unary method, whose message is read by the same walk as OTLP/HTTP and never as objects
/// (<see href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">the protocol</see>: a byte for compression, four for the
/// length, the message; status and words are trailers).
/// </summary>
internal sealed class GrpcIntake(
    SenderAccess access, PayloadIntake intake, MemoryBudget memory, IOptions<CollectorOptions> options, CollectorMetrics metrics)
{
    private const string Path = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    private const string Source = "otlp/grpc";
    private const int PrefixBytes = 5;
    private const int Unimplemented = 12;
    private const int PermissionDenied = 7;
    private const int Unauthenticated = 16;

    /// <summary>Maps the method; other methods are not implemented, in gRPC's words.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, Handle);
        routes.MapFallback(http => Fail(http, Unimplemented, $"{http.Request.Path} is not served here: OTLP metrics alone are"));
    }

    private async Task Handle(HttpContext http)
    {
        if (!(http.Request.ContentType ?? "").StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        if (access.Of(http.Request, out var status, out var refusal) is not { } source)
        {
            metrics.TurnedAway(status);
            await Fail(http, status == StatusCodes.Status403Forbidden ? PermissionDenied : Unauthenticated, refusal!);
            return;
        }

        var report = await Take(http, source);
        metrics.Answered(Source, report);
        if (http.RequestAborted.IsCancellationRequested) return;
        if (report.Outcome is IntakeOutcome.Written or IntakeOutcome.Partial) await Succeed(http, report);
        else await Fail(http, OtlpAnswer.CodeOf(report), report.Reason ?? "", OtlpAnswer.Status(report));
    }

    private async Task<IntakeReport> Take(HttpContext http, IntakeSource source)
    {
        if (intake.Hold(source) is { } later) return later;
        var (body, problem) = await RequestBody.Read(http.Request, options.Value.MaxBodyBytes, source.Memory, memory);
        if (problem is not null) return problem;
        using (body)
        {
            var bytes = body!.Bytes;
            if (bytes.Length < PrefixBytes || BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[1..]) != bytes.Length - PrefixBytes)
                return IntakeReport.Refusal(IntakeOutcome.Refused, "the request is not one gRPC message");
            var encoding = bytes.Span[0] == 0 ? "" : http.Request.Headers["grpc-encoding"].ToString();
            return await intake.Take(new(bytes[PrefixBytes..], encoding, "otlp_proto", source, new SourceContext(Source), body.TryTake,
                body.GiveBack, body.HandOver));
        }
    }

    private static async Task Succeed(HttpContext http, IntakeReport report)
    {
        var message = report.Outcome == IntakeOutcome.Partial ? OtlpAnswer.Partial(report) : [];
        var framed = new byte[PrefixBytes + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed, PrefixBytes);
        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(framed, http.RequestAborted);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private static Task Fail(HttpContext http, int code, string words, byte[]? details = null)
    {
        http.Response.ContentType = "application/grpc";
        // Without a message the trailers are the only headers, and go first.
        http.Response.Headers["grpc-status"] = code.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["grpc-message"] = Escape(words);
        if (details is not null) http.Response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(details);
        return Task.CompletedTask;
    }

    private static string Escape(string words)
    {
        var escaped = new StringBuilder(words.Length);
        foreach (var letter in Encoding.UTF8.GetBytes(words))
        {
            if (letter is >= 0x20 and <= 0x7E and not (byte)'%') escaped.Append((char)letter);
            else escaped.Append(CultureInfo.InvariantCulture, $"%{letter:X2}");
        }

        return escaped.ToString();
    }
}
