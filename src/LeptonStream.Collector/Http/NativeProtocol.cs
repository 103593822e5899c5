using System.Text.Json;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Points;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Collector.Http;

/// <summary>
/// <c>POST /v1/samples</c>: the native JSON of docs/events.md, one message, a list of them, or one a line; or in CloudEvents.
/// </summary>
internal sealed class NativeProtocol : HttpProtocol
{
    public override string Source => "/v1/samples";

    // Whatever a client calls it, curl and browsers have their own names for JSON; but for an envelope.
    public override RequestForm FormOf(HttpRequest request) => new(
        MediaTypeOf(request).StartsWith("application/cloudevents", StringComparison.Ordinal) ? FormatCatalog.CloudEvents : "native_json",
        request.Headers.ContentEncoding.ToString());

    protected override Task Write(HttpContext http, IntakeReport report) => Write(http, "application/json",
        JsonSerializer.SerializeToUtf8Bytes(
            new(report.Accepted, report.Rejected, report.Repeated == 0 ? null : report.Repeated, report.Reason),
            AnswerJson.Plain.NativeAnswer));
}
