using System.Globalization;
using System.Text;
using LeptonStream.Collector.Intake;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Collector.Http;

/// <summary>
/// Prometheus' remote write 1.0 and 2.0: <c>POST /api/v1/write</c>, and <c>/api/v1/push</c> as Mimir and Cortex have it. The answer counts
/// what was written.
/// </summary>
internal sealed class RemoteWriteProtocol : HttpProtocol
{
    private const string First = "prometheus.WriteRequest";
    private const string Second = "io.prometheus.write.v2.Request";

    public override string Source => "/api/v1/write";

    public override RequestForm FormOf(HttpRequest request)
    {
        // The first senders said neither type nor compression.
        if (MediaTypeOf(request) is not ("application/x-protobuf" or "" or "application/octet-stream") and var type)
            return RequestForm.Unsupported($"Content-Type is '{type}': remote write is application/x-protobuf");
        // The format knows snappy itself, and a body that a proxy has decompressed.
        var encoding = request.Headers.ContentEncoding.ToString() is var named && named == "snappy" ? "" : named;
        return MessageOf(request) switch
        {
            First => new("prometheus_remote_write", encoding),
            Second => new("prometheus_remote_write_2", encoding),
            var other => RequestForm.Unsupported($"the message is '{other}': it may be {First} or {Second}"),
        };
    }

    // Version 1 has no way to say that a part was taken; version 2 asks for an error then, beside the counts.
    protected override int StatusOf(IntakeReport report) => report.Outcome switch
    {
        IntakeOutcome.Written => StatusCodes.Status204NoContent,
        IntakeOutcome.Partial => StatusCodes.Status400BadRequest,
        _ => report.Status,
    };

    protected override Task Write(HttpContext http, IntakeReport report)
    {
        if (MessageOf(http.Request) == Second)
        {
            Count(http, "Samples", report.Accepted - report.Histograms);
            Count(http, "Histograms", report.Histograms);
            Count(http, "Exemplars", 0);
        }

        return report.Outcome == IntakeOutcome.Written
            ? Task.CompletedTask
            : Write(http, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(report.Reason + "\n"));
    }

    private static string MessageOf(HttpRequest request)
    {
        foreach (var parameter in (request.ContentType ?? "").Split(';').Skip(1))
            if (parameter.Trim() is { } part && part.StartsWith("proto=", StringComparison.OrdinalIgnoreCase)) return part[6..].Trim('"');
        return request.Headers["X-Prometheus-Remote-Write-Version"].ToString().StartsWith("2.", StringComparison.Ordinal) ? Second : First;
    }

    private static void Count(HttpContext http, string kind, int count) =>
        http.Response.Headers[$"X-Prometheus-Remote-Write-{kind}-Written"] = count.ToString(CultureInfo.InvariantCulture);
}
