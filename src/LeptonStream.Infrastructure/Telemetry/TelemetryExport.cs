using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LeptonStream.Telemetry;

/// <summary>
/// Sends the instruments and spans named <c>LeptonStream</c>, and those of the runtime, by OTLP. Where to, and how, say OpenTelemetry's own variables
/// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, …).
/// </summary>
internal sealed class TelemetryExport(string serviceName) : IHostedService, IDisposable
{
    private MeterProvider? _meters;
    private TracerProvider? _spans;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come later and win.
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(serviceName, serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3))
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        _meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(LeptonTelemetry.Name, "System.Runtime").AddOtlpExporter().Build();
        _spans = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(LeptonTelemetry.Name).AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    // What was counted last is still to be sent.
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(Dispose, cancellationToken);

    public void Dispose()
    {
        Interlocked.Exchange(ref _meters, null)?.Dispose();
        Interlocked.Exchange(ref _spans, null)?.Dispose();
    }
}

public static class TelemetryRegistration
{
    /// <summary>Exports telemetry where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to; without it nothing is exported.</summary>
    public static IServiceCollection AddTelemetryExport(this IServiceCollection services, string serviceName)
    {
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 })
            services.AddHostedService(_ => new TelemetryExport(serviceName));
        return services;
    }
}
