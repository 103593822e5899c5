using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LeptonStream.Kafka;

public static class KafkaRegistration
{
    /// <summary>
    /// Registers <see cref="KafkaOptions"/> of the section <c>Kafka</c> and <see cref="TopicNames"/>; may be called by several roles of one
    /// process.
    /// </summary>
    public static IServiceCollection AddKafka(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<KafkaOptions>().Bind(configuration.GetSection(KafkaOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KafkaOptions>, KafkaOptionsValidation>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KafkaOptions>, KafkaRanges>());
        services.TryAddSingleton(provider => TopicNames.Of(provider.GetRequiredService<IOptions<KafkaOptions>>().Value));
        return services;
    }
}
