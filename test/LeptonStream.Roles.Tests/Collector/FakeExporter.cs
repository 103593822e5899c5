using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>A page of metrics on a free port, as vLLM and the DCGM exporter write theirs.</summary>
internal sealed class FakeExporter : IAsyncDisposable
{
    public const string Vllm = """
        # HELP vllm:num_requests_running Number of requests in model execution batches.
        # TYPE vllm:num_requests_running gauge
        vllm:num_requests_running{engine="0",model_name="llama-70b"} 3.0
        # TYPE vllm:kv_cache_usage_perc gauge
        vllm:kv_cache_usage_perc{engine="0",model_name="llama-70b"} 0.25
        # TYPE vllm:time_to_first_token_seconds histogram
        vllm:time_to_first_token_seconds_bucket{engine="0",le="0.5",model_name="llama-70b"} 8.0
        vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf",model_name="llama-70b"} 9.0
        vllm:time_to_first_token_seconds_count{engine="0",model_name="llama-70b"} 9.0
        vllm:time_to_first_token_seconds_sum{engine="0",model_name="llama-70b"} 2.5

        """;

    public const string Dcgm = """
        # HELP DCGM_FI_DEV_GPU_TEMP GPU temperature (in C).
        # TYPE DCGM_FI_DEV_GPU_TEMP gauge
        DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-1",device="nvidia0",modelName="NVIDIA H100 80GB HBM3",Hostname="node-7"} 61
        DCGM_FI_DEV_GPU_TEMP{gpu="1",UUID="GPU-2",device="nvidia1",modelName="NVIDIA H100 80GB HBM3",Hostname="node-7"} 63
        # TYPE DCGM_FI_DEV_XID_ERRORS gauge
        DCGM_FI_DEV_XID_ERRORS{gpu="1",UUID="GPU-2",device="nvidia1",modelName="NVIDIA H100 80GB HBM3",Hostname="node-7"} 79

        """;

    private readonly WebApplication _app;
    private readonly ConcurrentBag<ConnectionContext> _connections = [];

    private FakeExporter(WebApplication app) => _app = app;

    /// <summary>host:port.</summary>
    public string Target => $"127.0.0.1:{Port}";

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<FakeExporter> Start(
        RequestDelegate answer, Func<TlsHandshakeCallbackContext, SslServerAuthenticationOptions>? tls = null)
    {
        FakeExporter? exporter = null;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0,
            listen =>
            {
                listen.Use(next => connection =>
                {
                    exporter!._connections.Add(connection);
                    return next(connection);
                });
                if (tls is not null)
                    listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = context => new(tls(context)) });
            }));
        var app = builder.Build();
        app.Run(answer);
        exporter = new(app);
        await app.StartAsync();
        return exporter;
    }

    /// <summary>Cuts all connections.</summary>
    public Task Cut()
    {
        foreach (var connection in _connections) connection.Abort();
        return Task.CompletedTask;
    }

    public static Task<FakeExporter> Start(string page) => Start(http =>
    {
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return http.Response.WriteAsync(page);
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
