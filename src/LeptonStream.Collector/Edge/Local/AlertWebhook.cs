using System.Net;
using System.Net.Http.Headers;
using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Collector.Scrape;

namespace LeptonStream.Collector.Edge.Local;

/// <summary>
/// Posts alerts, each as a CloudEvent in JSON (structured mode). An answer of 2xx takes it; 3xx, 408, 429 and 5xx are tried again, as is
/// silence: an alert waits until somebody writes the right address. Any other answer would be the same again.
/// </summary>
internal sealed class AlertWebhook : IAlertTarget, IDisposable
{
    /// <summary>Its name, and that of its cursor.</summary>
    public const string Target = "webhook";

    private static readonly MediaTypeHeaderValue CloudEvent = new("application/cloudevents+json", "utf-8");
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly Uri _url;
    private readonly EdgeMetrics _metrics;
    private readonly HttpClient _http;

    // The events of the record at hand that were delivered.
    private (long Sequence, int Count) _done = (-1, 0);

    public AlertWebhook(Uri url, EdgeMetrics metrics)
    {
        (_url, _metrics) = (url, metrics);
        _http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = PageClient.Connect,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        }) { Timeout = Limit };
    }

    public string Name => Target;

    public async Task<string?> Deliver(SpoolRecord record, CancellationToken stop)
    {
        if (_done.Sequence != record.Sequence) _done = (record.Sequence, 0);
        foreach (var each in AlertRecords.EventsOf(record).Skip(_done.Count))
        {
            if (await Post(each, stop) is { } reason) return reason;
            _done.Count++;
        }

        return null;
    }

    public void Dispose() => _http.Dispose();

    private async Task<string?> Post(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = CloudEvent } };
            using var answer = await _http.PostAsync(_url, content, stop);
            if (answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
                or >= HttpStatusCode.InternalServerError)
                return $"it answers {(int)answer.StatusCode}";
            if (answer.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest)
                return $"it answers {(int)answer.StatusCode}, and redirects are not followed";
            _metrics.Delivered(Name, answer.IsSuccessStatusCode ? "delivered" : "refused");
            return null;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException
            || (failure is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return failure is OperationCanceledException ? "it does not answer" : failure.Message;
        }
    }
}
