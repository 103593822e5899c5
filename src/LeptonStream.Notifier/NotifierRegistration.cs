using LeptonStream.Alerting.Remediation;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Charts;
using LeptonStream.Notifier.Direct;
using LeptonStream.Notifier.Egress;
using LeptonStream.Notifier.Heartbeats;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Lifecycle;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Notifier.Remediation;
using LeptonStream.Notifier.Routing;
using LeptonStream.Reload;
using LeptonStream.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier;

public static class NotifierRegistration
{
    /// <summary>
    /// Registers the notifier role for the sections <c>Kafka</c>, <c>Storage</c> and <c>Notifier</c>.
    /// A program that owns the terminal registers its own <see cref="ConsoleOutput"/> before.
    /// </summary>
    public static IServiceCollection AddNotifier(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddKafka(configuration);
        services.AddStorage(configuration);
        services.AddRoleExit();
        services.AddMetrics();
        services.AddOptions<NotifierOptions>().Bind(configuration.GetSection(NotifierOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NotifierOptions>, NotifierOptionsValidation>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NotifierOptions>, NotifierRanges>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ConsoleOutput(TextWriter.Synchronized(Console.Out)));
        services.AddSingleton(RoutingOf);
        services.AddSingleton<JournalLog>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<NotifierOptions>>().Value.Flapping);
        services.AddSingleton<AlertJournal>();
        services.AddSingleton<GroupFlush>();
        services.AddSingleton<JournalStart>();
        services.AddSingleton<JournalTrim>();
        services.AddSingleton<JournalClock>();
        services.AddSingleton<Upkeep>();
        services.AddSingleton<NotificationOutbox>();
        services.AddSingleton<OutboxDigests>();
        services.AddSingleton<DeliveryResults>();
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<DirectPages>();
        services.AddSingleton<ActionLinks>();
        services.AddSingleton<AlertCharts>();
        services.AddSingleton<ChannelFactory>();
        services.AddSingleton<RoutingReload>();
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<RoutingReload>());
        services.AddReloadOnHangup();
        services.AddSingleton<NotifierMetrics>();
        services.AddSingleton<ProbeStore>();
        services.AddSingleton<ProbeProducer>();
        services.AddSingleton<HeartbeatMetrics>();
        // The loop comes round several times a second; its longest single wait is for a broker or a database that does not answer.
        services.AddLoopHealth(RoleNames.Notifier, _ => TimeSpan.FromMinutes(2));
        services.AddHostedService<NotifierWorker>();
        services.AddHostedService<OutboxDelivery>();
        services.AddHostedService<HeartbeatWorker>();
        services.AddHostedService<EgressWatch>();
        services.AddHostedService<StatusRecorder>();
        services.AddHostedService<JournalRetention>();
        services.AddSingleton<FeedbackOutbox>();
        services.AddHostedService<FeedbackPublisher>();
        services.AddSingleton<RemediationOutbox>();
        services.AddKeyedSingleton<IRemedy, WebhookRemedy>(RemedyKind.Webhook);
        services.AddKeyedSingleton<IRemedy, KafkaRemedy>(RemedyKind.Kafka);
        services.AddSingleton<KubernetesCluster>();
        services.AddKeyedSingleton<IRemedy, KubernetesRemedy>(RemedyKind.Kubernetes);
        services.AddHostedService<RemediationRunner>();
        return services;
    }

    private static RoutingSource RoutingOf(IServiceProvider provider)
    {
        // Validation has refused wrong ones; the file may have been changed between.
        var options = provider.GetRequiredService<IOptions<NotifierOptions>>().Value;
        return new(NotifierRouting.Of(options, out var errors)
            ?? throw new OptionsValidationException(NotifierOptions.Section, typeof(NotifierOptions), errors));
    }
}
