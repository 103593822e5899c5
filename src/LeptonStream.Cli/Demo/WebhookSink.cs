using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Cli.Demo;

/// <summary>
/// The other end of the webhook channel: takes notifications over HTTP as a chat or pager service would, and counts them.
/// </summary>
internal sealed class WebhookSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _firing;
    private int _resolved;

    private WebhookSink(WebApplication app) => _app = app;

    /// <summary>Address to send to.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Notifications that came, firing and resolved.</summary>
    public int Received => Volatile.Read(ref _firing) + Volatile.Read(ref _resolved);

    public int Firing => Volatile.Read(ref _firing);

    public static async Task<WebhookSink> Start(CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var sink = new WebhookSink(app);
        app.Run(sink.Take);
        await app.StartAsync(stop);
        return sink;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        if (body.RootElement.GetProperty("status").GetString() == "firing") Interlocked.Increment(ref _firing);
        else Interlocked.Increment(ref _resolved);
    }
}
