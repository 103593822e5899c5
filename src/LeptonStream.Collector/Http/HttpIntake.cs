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
/// Payloads by HTTP. Of one request: (1) who sends, (2) what it is, (3) whether there is room now, (4) read the body, (5) take it and wait
/// for Kafka, (6) answer.
/// </summary>
internal sealed class HttpIntake(
    SenderAccess access, PayloadIntake intake, MemoryBudget memory, IOptions<CollectorOptions> options, CollectorMetrics metrics)
{
    private const string Addresses = "nothing is taken here: POST /v1/metrics (OTLP), /api/v1/write (Prometheus' remote write), "
        + "/v1/samples (native JSON), /write or /api/v2/write (Influx line protocol), PUT or POST /metrics/job/JOB (Pushgateway)";

    /// <summary>Maps the addresses that senders know.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        var remoteWrite = new RemoteWriteProtocol();
        Map(routes, "/api/v1/write", remoteWrite);
        Map(routes, "/api/v1/push", remoteWrite);
        Map(routes, "/v1/metrics", new OtlpProtocol());
        Map(routes, "/v1/samples", new NativeProtocol());
        Map(routes, "/write", new InfluxProtocol(isSecond: false));
        Map(routes, "/api/v2/write", new InfluxProtocol(isSecond: true));
        var push = new PushgatewayProtocol();
        routes.MapMethods("/metrics/{**group}", [HttpMethods.Put, HttpMethods.Post], http => Handle(http, push));
        // There is nothing to take back: samples that were pushed are in the stream.
        routes.MapDelete("/metrics/{**group}", Accept);
        // Clients of InfluxDB ask for these before they write.
        routes.MapGet("/ping", Accepted);
        routes.MapFallback("{**path}", http => Refuse(http, StatusCodes.Status404NotFound, Addresses));
        routes.MapGet("/health", Pass);
    }

    private static Task Accepted(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task Pass(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("{\"status\":\"pass\"}");
    }

    private void Map(IEndpointRouteBuilder routes, string path, HttpProtocol protocol) =>
        routes.MapPost(path, http => Handle(http, protocol));

    private async Task Handle(HttpContext http, HttpProtocol protocol)
    {
        // :: (1) Who sends.
        if (access.Of(http.Request, out var status, out var refusal) is not { } source)
        {
            await Refuse(http, status, refusal!);
            return;
        }

        var report = await Take(http, protocol, source);

        // :: (6) Answer.
        metrics.Answered(protocol.Source, report);
        if (http.RequestAborted.IsCancellationRequested) return;
        await protocol.Answer(http, report);
    }

    private async Task<IntakeReport> Take(HttpContext http, HttpProtocol protocol, IntakeSource source)
    {
        // :: (2) What it is.
        var form = protocol.FormOf(http.Request);
        if (form.Format is not { } format)
            return IntakeReport.Refusal(form.IsWrong ? IntakeOutcome.Refused : IntakeOutcome.Unsupported, form.Problem!);

        // :: (3) Room.
        if (intake.Hold(source) is { } later) return later;

        // :: (4) Read.
        var (body, problem) = await RequestBody.Read(http.Request, options.Value.MaxBodyBytes, source.Memory, memory);
        if (problem is not null) return problem;

        // :: (5) Take.
        using (body)
            return await intake.Take(new(body!.Bytes, form.Encoding, format, source,
                new SourceContext(protocol.Source, protocol.LabelsOf(http.Request)), body.TryTake, body.GiveBack, body.HandOver));
    }

    private async Task Accept(HttpContext http)
    {
        if (access.Of(http.Request, out var status, out var refusal) is null) await Refuse(http, status, refusal!);
        else if (PushgatewayProtocol.GroupOf(http.Request, out var problem) is null) await Refuse(http, 400, problem!);
        else http.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task Refuse(HttpContext http, int status, string problem)
    {
        metrics.TurnedAway(status);
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized) http.Response.Headers.WWWAuthenticate = "Bearer";
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(problem + "\n"), http.RequestAborted);
    }
}
