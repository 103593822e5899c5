using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Testing;

/// <summary>A real HTTP server that takes notifications, remembers every call and answers as the test says.</summary>
public sealed class WebhookSink : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<WebhookCall> _calls = new();

    private WebhookSink(WebApplication server) => _server = server;

    /// <summary>What to answer to a call; 200 at once where it is not set.</summary>
    public Func<WebhookCall, SinkAnswer>? Answer { get; set; }

    /// <summary>Every call so far, refused ones too, in the order they came.</summary>
    public IReadOnlyList<WebhookCall> Calls => [.. _calls];

    /// <summary>Starts a server on a free port, or on the one given.</summary>
    public static async Task<WebhookSink> Start(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var server = builder.Build();
        var sink = new WebhookSink(server);
        server.Map("{**path}", sink.Take);
        await server.StartAsync();
        return sink;
    }

    /// <summary>The address of a path on this server.</summary>
    public string Url(string path = "hook") => $"{_server.Urls.Single()}/{path}";

    /// <summary>Waits until so many calls have come; fails the test where they don't.</summary>
    public Task Receives(int calls, TimeSpan? within = null) =>
        Eventually.True(() => _calls.Count >= calls, $"{calls} calls of the webhook", within);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var call = new WebhookCall(
            context.Request.Path.Value!.TrimStart('/'),
            context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
            body.Length == 0 ? default : JsonDocument.Parse(body.ToArray()).RootElement,
            DateTimeOffset.UtcNow);
        _calls.Enqueue(call);

        var answer = Answer?.Invoke(call) ?? new SinkAnswer();
        try
        {
            await Task.Delay(answer.Delay, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        context.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } wait) context.Response.Headers.RetryAfter = wait;
        if (answer.Location is { } location) context.Response.Headers.Location = location;
        await context.Response.WriteAsync(answer.Body);
    }
}

/// <summary>One call of a <see cref="WebhookSink"/>.</summary>
/// <param name="Path">The path, without the first slash.</param>
/// <param name="Headers">The headers, names in lower case.</param>
/// <param name="Body">The body.</param>
/// <param name="At">When it came.</param>
public sealed record WebhookCall(string Path, IReadOnlyDictionary<string, string> Headers, JsonElement Body, DateTimeOffset At)
{
    /// <summary>The id by which a receiver knows a repetition.</summary>
    public string Id => Headers["webhook-id"];

    public string Status => Body.GetProperty("status").GetString()!;

    public string Reason => Body.GetProperty("notification_reason").GetString()!;

    /// <summary>The metrics of the alerts with this status, in order.</summary>
    public string[] Metrics(string status) =>
        [.. Body.GetProperty("alerts").EnumerateArray().Where(alert => alert.GetProperty("status").GetString() == status)
            .Select(alert => alert.GetProperty("labels").GetProperty("metric").GetString()!)];
}

/// <summary>What a <see cref="WebhookSink"/> answers.</summary>
public sealed record SinkAnswer(int Status = 200, string? RetryAfter = null, string? Location = null, string Body = "")
{
    /// <summary>How long it thinks before it answers.</summary>
    public TimeSpan Delay { get; init; }
}
