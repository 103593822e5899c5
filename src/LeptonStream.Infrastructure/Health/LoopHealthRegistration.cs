using Microsoft.Extensions.DependencyInjection;

namespace LeptonStream.Health;

public static class LoopHealthRegistration
{
    /// <summary>
    /// Registers the <see cref="LoopHealth"/> of one role, under its name, and as one of the process's <see cref="IRoleHealth"/>.
    /// </summary>
    /// <param name="services">The process's services.</param>
    /// <param name="role">The role's name.</param>
    /// <param name="patience">Longest time that one iteration of its loop may take.</param>
    public static IServiceCollection AddLoopHealth(this IServiceCollection services, string role, Func<IServiceProvider, TimeSpan> patience)
    {
        services.AddKeyedSingleton(role, (provider, _) =>
            new LoopHealth(role, patience(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IRoleHealth>(provider => provider.GetRequiredKeyedService<LoopHealth>(role));
        return services;
    }
}
