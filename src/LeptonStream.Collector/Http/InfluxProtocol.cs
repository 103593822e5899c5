using System.Text.Json;
using LeptonStream.Collector.Intake;
using LeptonStream.Output;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Collector.Http;

/// <summary>InfluxDB's line protocol: <c>POST /write</c> of version 1, <c>POST /api/v2/write</c> of version 2.</summary>
/// <param name="isSecond">Whether it is version 2.</param>
internal sealed class InfluxProtocol(bool isSecond) : HttpProtocol
{
    public override string Source => isSecond ? "/api/v2/write" : "/write";

    public override RequestForm FormOf(HttpRequest request)
    {
        // The unit follows from the magnitude of each time; one that nobody's clock shows would be taken for another.
        var precision = request.Query["precision"].ToString();
        return precision is "" or "ns" or "n" or "us" or "u" or "µ" or "ms" or "s"
            ? new("influx", request.Headers.ContentEncoding.ToString())
            : RequestForm.Wrong($"precision is '{SafeText.OneLine(precision)}': it may be ns, us, ms or s");
    }

    protected override int StatusOf(IntakeReport report) => report.Outcome switch
    {
        IntakeOutcome.Written => StatusCodes.Status204NoContent,
        IntakeOutcome.Partial => StatusCodes.Status400BadRequest,
        _ => report.Status,
    };

    protected override Task Write(HttpContext http, IntakeReport report)
    {
        if (report.Outcome == IntakeOutcome.Written) return Task.CompletedTask;
        // Senders of version 1 know by these words that the rest was written.
        var reason = report.Outcome == IntakeOutcome.Partial
            ? $"partial write: {report.Reason} dropped={report.Rejected}"
            : report.Reason ?? "";
        var code = report.IsLater ? "unavailable" : report.Outcome == IntakeOutcome.TooLarge ? "request too large" : "invalid";
        var answer = isSecond ? new InfluxAnswer(code, reason, null) : new InfluxAnswer(null, null, reason);
        return Write(http, "application/json", JsonSerializer.SerializeToUtf8Bytes(answer, AnswerJson.Plain.InfluxAnswer));
    }
}
