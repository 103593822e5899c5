using Confluent.Kafka;
using LeptonStream.Collector.Edge.Host;
using LeptonStream.Collector.Edge.Local;
using LeptonStream.Collector.Edge.Output;
using LeptonStream.Collector.Http;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Quality;
using LeptonStream.Health;
using LeptonStream.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Edge;

/// <summary>Registers the edge.</summary>
public static class EdgeRegistration
{
    private const int PendingBytes = 8 << 20;

    /// <summary>Registers the edge role for the sections <c>Kafka</c>, <c>Collector</c> and <c>Edge</c>.</summary>
    public static IServiceCollection AddEdge(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddIntake(configuration, SetDefaults);
        services.AddOptions<EdgeOptions>().Bind(configuration.GetSection(EdgeOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EdgeOptions>, EdgeOptionsValidation>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EdgeOptions>, EdgeRanges>());
        services.AddSingleton<EdgeFolder>();
        services.AddSingleton<EdgeMetrics>();
        services.AddSingleton<IRecordSink, SpoolSink>();
        services.AddSingleton<ClockSkew>();
        services.AddSingleton(ProducerOf);
        services.AddSingleton<SpoolForwarder>();
        services.AddSingleton<LocalDetector>();
        services.AddSingleton(DeliveriesOf);
        services.AddSingleton<HostSamples>();
        services.AddSingleton(provider => new HostSources(OptionsOf(provider), provider.GetRequiredService<HostSamples>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<EdgeDisk>();
        services.AddSingleton<EdgeSeries>();
        services.AddSingleton(new QualityHost(Environment.MachineName));
        services.AddSingleton<ISampleLog, NoSampleLog>();
        services.AddLoopHealth(RoleNames.Edge, _ => TimeSpan.FromMinutes(2));
        services.AddHostedService<EdgeWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<CollectorServer>());
        return services;
    }

    /// <summary>Whether the edge that is compiled ahead of time has all that the settings ask for: it finds no pods.</summary>
    public static bool CanBeNative(IConfiguration configuration) =>
        configuration[$"{CollectorOptions.Section}:{nameof(CollectorOptions.ConfigFile)}"] is not { Length: > 0 } file
        || CollectorFile.Read(file, out _) is not { } config || config.Scrapes.All(job => job.PodNamespaces is null);

    // A host has few senders, and little memory for them.
    private static void SetDefaults(CollectorOptions options)
    {
        options.GrpcUrl = "";
        options.MaxBodyBytes = 4 << 20;
        options.MaxDecompressedBytes = 16 << 20;
        options.MaxPendingBytes = PendingBytes;
        options.MaxConnections = 100;
        options.SourceSeries = 20_000;
    }

    // The spool is the memory: the client has one batch, and tries it until it is taken, so that nothing overtakes it.
    private static MetricsProducer ProducerOf(IServiceProvider provider)
    {
        var kafka = provider.GetRequiredService<IOptions<KafkaOptions>>().Value;
        var settings = MetricsProducer.SettingsOf(kafka, RoleNames.Edge, PendingBytes);
        settings.MessageTimeoutMs = 0;
        settings.DeliveryReportFields = "status,timestamp";
        // A host that is offline for a week looks for its brokers every half minute.
        settings.ReconnectBackoffMaxMs = 30_000;
        settings.CompressionType = CompressionType.Lz4;
        return new(settings, RoleNames.Edge, provider.GetRequiredService<TopicNames>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MetricsProducer>>());
    }

    private static IReadOnlyList<AlertDelivery> DeliveriesOf(IServiceProvider provider)
    {
        var (options, metrics) = (OptionsOf(provider), provider.GetRequiredService<EdgeMetrics>());
        List<IAlertTarget> targets = [];
        if (options.AlertFile is { Length: > 0 } file) targets.Add(new AlertFile(file, metrics));
        if (options.AlertWebhook is { Length: > 0 } url) targets.Add(new AlertWebhook(new(url), metrics));
        return [.. targets.Select(target => new AlertDelivery(provider.GetRequiredService<EdgeFolder>(), target, metrics,
            provider.GetRequiredService<TimeProvider>()))];
    }

    private static EdgeOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<EdgeOptions>>().Value;
}
