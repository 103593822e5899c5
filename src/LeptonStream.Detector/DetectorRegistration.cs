using LeptonStream.Detection;
using LeptonStream.Detector.Policies;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Reload;
using LeptonStream.Policies;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LeptonStream.Detector;

public static class DetectorRegistration
{
    /// <summary>Registers the detector role for the sections <c>Kafka</c> and <c>Detector</c>.</summary>
    public static IServiceCollection AddDetector(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddKafka(configuration);
        services.AddRoleExit();
        services.AddMetrics();
        services.AddOptions<DetectorOptions>().Bind(configuration.GetSection(DetectorOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DetectorOptions>, DetectorOptionsValidation>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DetectorOptions>, DetectorRanges>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(PolicyOf);
        services.TryAddSingleton(BatchBounds.Default);
        services.AddSingleton<DetectorMetrics>();
        services.AddSingleton(HealthOf);
        services.AddSingleton<IRoleHealth>(provider => provider.GetRequiredService<LoopsHealth>());
        services.AddSingleton<PolicySource>();
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<PolicySource>());
        services.AddReloadOnHangup();
        services.AddSingleton<DetectorSessionFactory>();
        services.AddHostedService<DetectorLoops>();
        return services;
    }

    private static DetectionPolicy PolicyOf(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<DetectorOptions>>().Value;
        return DetectionPolicy.Default with
        {
            SeriesPerPartition = options.SeriesPerPartition,
            BytesPerPartition = (long)options.MegabytesPerPartition << 20,
            ForgetAfter = TimeSpan.FromHours(options.ForgetAfterHours),
        };
    }

    // No single step of an iteration takes longer: publishing gives up after a third of the session time-out, committing after about one.
    private static LoopsHealth HealthOf(IServiceProvider provider) => new(
        RoleNames.Detector,
        provider.GetRequiredService<IOptions<DetectorOptions>>().Value.Loops,
        TimeSpan.FromMilliseconds(3 * provider.GetRequiredService<IOptions<KafkaOptions>>().Value.SessionTimeoutMs),
        provider.GetRequiredService<TimeProvider>());
}
