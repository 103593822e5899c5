using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Health;

/// <summary>
/// How a role ends its process when it can't go on: everything is stopped in order, and the process exits with 1 and the reason.
/// </summary>
public sealed class RoleExit(IHostApplicationLifetime lifetime)
{
    private string? _reason;

    /// <summary>Reason for which the process must end; null while it need not. The first reason stays.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <param name="role">The role that can't go on.</param>
    /// <param name="reason">Reason in one plain sentence.</param>
    public void Fail(string role, string reason)
    {
        Interlocked.CompareExchange(ref _reason, $"{role}: {reason}", null);
        lifetime.StopApplication();
    }
}

public static class RoleExitRegistration
{
    /// <summary>Registers <see cref="RoleExit"/>; may be called by several roles of one process.</summary>
    public static IServiceCollection AddRoleExit(this IServiceCollection services)
    {
        services.TryAddSingleton<RoleExit>();
        return services;
    }
}
