using System.Runtime.CompilerServices;
using LeptonStream.Access;
using LeptonStream.Collector.Http;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Quality;
using LeptonStream.Collector.Scrape;
using LeptonStream.Collector.Topics;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Reload;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector;

/// <summary>Registers the collector.</summary>
public static class CollectorRegistration
{
    /// <summary>Registers the collector role for the sections <c>Kafka</c> and <c>Collector</c>.</summary>
    public static IServiceCollection AddCollector(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddIntake(configuration);
        services.AddSingleton(new QualityHost(null));
        services.AddSingleton<ISampleLog, MetricsLog>();
        services.AddSingleton(ProducerOf);
        services.AddSingleton<RecordOutbox>();
        services.AddSingleton<IRecordSink>(provider => provider.GetRequiredService<RecordOutbox>());
        services.AddSingleton<SchemaRegistry>();
        services.AddSingleton<SourceTopics>();
        services.AddSingleton<IRoleHealth>(provider => provider.GetRequiredService<SourceTopics>());
        // A round waits for Kafka where records are to be sent again, and for nothing else.
        services.AddLoopHealth(RoleNames.Collector, _ => TimeSpan.FromMinutes(2));
        services.AddHostedService<CollectorWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<CollectorServer>());
        return services;
    }

    /// <summary>
    /// Registers the ways in and the mapping, for the collector and the edge. Whoever calls it registers an <see cref="IRecordSink"/>, its
    /// own worker, and the <see cref="CollectorServer"/> behind that.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The sections <c>Kafka</c> and <c>Collector</c>.</param>
    /// <param name="defaults">Sets defaults of the role that differ from those of <see cref="CollectorOptions"/>.</param>
    internal static void AddIntake(this IServiceCollection services, IConfiguration configuration,
        Action<CollectorOptions>? defaults = null)
    {
        services.AddKafka(configuration);
        services.AddRoleExit();
        services.AddMetrics();
        services.AddOptions<CollectorOptions>().Configure(defaults ?? (_ => { }))
            .Bind(configuration.GetSection(CollectorOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CollectorOptions>, CollectorOptionsValidation>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CollectorOptions>, CollectorRanges>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddReloadOnHangup();
        services.AddSingleton(provider => new TokensFile(OptionsOf(provider).TokensFile,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TokensFile>>()));
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<TokensFile>());
        services.AddSingleton<ConfigInForce>();
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<ConfigInForce>());
        services.AddSingleton<CollectorMetrics>();
        services.AddSingleton(provider => new MemoryBudget(OptionsOf(provider).MaxPendingBytes));
        services.AddSingleton<IntakeMapping>();
        services.AddSingleton<QualityReport>();
        services.AddSingleton<IntakeSources>();
        services.AddSingleton<PayloadIntake>();
        services.AddSingleton<IPodDiscovery>(_ => RuntimeFeature.IsDynamicCodeSupported ? new PodDiscovery() : new NoPodDiscovery());
        services.AddSingleton<TargetDiscovery>();
        services.AddSingleton<ScrapeReach>();
        services.AddSingleton<Scraping>();
        services.AddSingleton<SenderAccess>();
        services.AddSingleton<ServerTls>();
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<ServerTls>());
        services.AddSingleton<HttpIntake>();
        services.AddSingleton<GrpcIntake>();
        services.AddSingleton<CollectorServer>();
    }

    private static MetricsProducer ProducerOf(IServiceProvider provider) => new(
        MetricsProducer.SettingsOf(
            provider.GetRequiredService<IOptions<KafkaOptions>>().Value, RoleNames.Collector, OptionsOf(provider).MaxPendingBytes),
        RoleNames.Collector,
        provider.GetRequiredService<TopicNames>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<MetricsProducer>>());

    private static CollectorOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<CollectorOptions>>().Value;
}
