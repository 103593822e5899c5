using LeptonStream.Detection;
using LeptonStream.Detector.Policies;
using LeptonStream.Health;
using LeptonStream.Kafka;
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
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(DetectionPolicy.Default);
        services.AddSingleton<DetectorMetrics>();
        services.AddSingleton<DetectorHealth>();
        services.AddSingleton<PolicySource>();
        services.AddSingleton<IRoleHealth>(provider => provider.GetRequiredService<DetectorHealth>());
        services.AddSingleton<DetectorSessionFactory>();
        services.AddHostedService<DetectorWorker>();
        return services;
    }
}
