using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LeptonStream.Storage;

public static class StorageRegistration
{
    /// <summary>Registers <see cref="Database"/> for the section <c>Storage</c>; may be called by several roles of one process.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidation>());
        services.TryAddSingleton(provider => Database.Of(provider.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString));
        return services;
    }
}
