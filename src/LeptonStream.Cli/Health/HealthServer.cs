using System.Net;
using LeptonStream.Health;
using LeptonStream.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace LeptonStream.Cli.Health;

/// <summary>
/// Answers probes and Prometheus for the worker roles, which serve nothing else. A host of its own, so that it is the first to start and
/// the last to stop: a role that still commits its last batch must not look dead.
/// </summary>
internal sealed class HealthServer(IOptions<HealthOptions> options, HealthCheckService checks, IServiceProvider process) : IHostedService,
    IAsyncDisposable
{
    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Port == 0) return;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (options.Value.Address == HealthOptions.EveryAddress) kestrel.ListenAnyIP(options.Value.Port);
            else kestrel.Listen(IPAddress.Parse(options.Value.Address), options.Value.Port);
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton(checks);
        _app = builder.Build();
        _app.MapProbes();
        if (process.GetService<MeterProvider>() is { } meters) _app.MapMetrics(meters);
        await _app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}

internal static class HealthRegistration
{
    public static IServiceCollection AddHealthServer(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<HealthOptions>().Bind(configuration.GetSection(HealthOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HealthOptions>, HealthRanges>();
        services.AddSingleton<IValidateOptions<HealthOptions>, HealthAddress>();
        services.AddProbes();
        services.AddHostedService<HealthServer>();
        return services;
    }
}
