using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>One request as it came.</summary>
internal sealed record ServerCall(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>The answer to it.</summary>
internal sealed record ServerAnswer(int Status = 200, string Body = "", string? RetryAfter = null, string? Location = null)
{
    /// <summary>The connection is cut in place of an answer.</summary>
    public bool IsReset { get; init; }

    /// <summary>No answer comes until the caller goes.</summary>
    public bool IsSlow { get; init; }
}

/// <summary>A real HTTP server in place of a chat or pager service.</summary>
internal sealed class ChannelServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<ServerCall> _calls = new();

    private ChannelServer(WebApplication server) => _server = server;

    public Func<ServerCall, ServerAnswer> Answer { get; set; } = _ => new ServerAnswer();

    public IReadOnlyList<ServerCall> Calls => [.. _calls];

    public string Url => _server.Urls.Single();

    public static async Task<ChannelServer> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var web = builder.Build();
        var server = new ChannelServer(web);
        web.Run(server.Take);
        await web.StartAsync();
        return server;
    }

    public void Forget() => _calls.Clear();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var call = new ServerCall(context.Request.Method, context.Request.GetEncodedPathAndQuery(),
            context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
            await reader.ReadToEndAsync());
        _calls.Enqueue(call);
        var answer = Answer(call);
        if (answer.IsReset)
        {
            context.Abort();
            return;
        }

        try
        {
            if (answer.IsSlow) await Task.Delay(Timeout.Infinite, context.RequestAborted);
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
