using System.Collections;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LeptonStream.Telemetry;

/// <summary>
/// The telemetry of a process: metrics to whoever scrapes <c>/metrics</c>; metrics and spans by OTLP as well where OpenTelemetry's own
/// variables (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, …) say where to and how.
/// </summary>
public static class TelemetryRegistration
{
    private static bool HasCollector => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };

    /// <summary>
    /// Gathers the metrics of the program, the runtime, ASP.NET Core and Npgsql for <see cref="MapMetrics"/> and for OTLP. Where neither
    /// asks for them nothing is gathered: places for the numbers alone take 9 MB.
    /// </summary>
    /// <param name="builder">The process.</param>
    /// <param name="serviceName">Its name.</param>
    /// <param name="isServed">Whether the process serves <c>/metrics</c>.</param>
    /// <param name="mostSeries">Series of one metric, at most; there is a place for each from the start.</param>
    public static void AddTelemetry(
        this IHostApplicationBuilder builder, string serviceName, bool isServed = true, int mostSeries = 2_000)
    {
        if (isServed || HasCollector) Gather(builder, serviceName, mostSeries);
    }

    /// <summary>Serves <c>/metrics</c> in Prometheus's format.</summary>
    /// <param name="routes">The server's routes.</param>
    /// <param name="meters">The provider that gathers the metrics; null where it is among the server's own services.</param>
    public static void MapMetrics(this IEndpointRouteBuilder routes, MeterProvider? meters = null) =>
        routes.MapPrometheusScrapingEndpoint("/metrics", meters, configureBranchedPipeline: null, optionsName: null).DisableHttpMetrics()
            .AllowAnonymous();

    // By itself, so that OpenTelemetry is loaded where it is used.
    private static void Gather(IHostApplicationBuilder builder, string serviceName, int mostSeries)
    {
        builder.Configuration.AddInMemoryCollection(OpenTelemetryVariables());
        var version = typeof(TelemetryRegistration).Assembly.GetName().Version?.ToString(3);
        var telemetry = builder.Services.AddOpenTelemetry()
            // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come later and win.
            .ConfigureResource(resource => resource.AddService(serviceName, serviceVersion: version).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => WithJournal(metrics)
                .AddMeter(LeptonTelemetry.Name)
                .AddView(_ => new MetricStreamConfiguration { CardinalityLimit = mostSeries })
                .AddRuntimeInstrumentation()
                .AddAspNetCoreInstrumentation()
                .AddPrometheusExporter());
        if (!HasCollector) return;
        telemetry
            .WithMetrics(metrics => metrics.AddOtlpExporter())
            .WithTracing(spans => WithJournal(spans).AddSource(LeptonTelemetry.Name).AddAspNetCoreInstrumentation().AddOtlpExporter());
    }

    // The native edge has no journal.
    private static MeterProviderBuilder WithJournal(MeterProviderBuilder metrics) =>
        RuntimeFeature.IsDynamicCodeSupported ? metrics.AddNpgsqlInstrumentation() : metrics;

    private static TracerProviderBuilder WithJournal(TracerProviderBuilder spans) =>
        RuntimeFeature.IsDynamicCodeSupported ? spans.AddNpgsql() : spans;

    // The hosts of the roles read nothing of the environment themselves, and the exporter asks the host's configuration for its variables.
    private static IEnumerable<KeyValuePair<string, string?>> OpenTelemetryVariables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value))
            .Where(variable => variable.Key.StartsWith("OTEL_", StringComparison.Ordinal));
}
