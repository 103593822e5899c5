using System.Text.Json;
using LeptonStream.Collector.Intake;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Collector.Http;

/// <summary>
/// <c>POST /v1/samples</c>: the native JSON of docs/events.md, one message, a list of them, or one a line.
/// </summary>
internal sealed class NativeProtocol : HttpProtocol
{
    public override string Source => "/v1/samples";

    // Whatever a client calls it: curl and browsers have their own names for JSON.
    public override RequestForm FormOf(HttpRequest request) => new("native_json", request.Headers.ContentEncoding.ToString());

    protected override Task Write(HttpContext http, IntakeReport report) => Write(http, "application/json",
        JsonSerializer.SerializeToUtf8Bytes(new(report.Accepted, report.Rejected, report.Reason), AnswerJson.Default.NativeAnswer));
}
