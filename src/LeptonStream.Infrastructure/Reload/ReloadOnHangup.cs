using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Reload;

/// <summary>Asks every <see cref="IReloadable"/> of the process on SIGHUP, one after another.</summary>
internal sealed partial class ReloadOnHangup(IEnumerable<IReloadable> files, IHostApplicationLifetime lifetime,
    ILogger<ReloadOnHangup> logger) : IHostedService, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private PosixSignalRegistration? _hangup;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            // Without this the signal ends the process.
            context.Cancel = true;
            _ = Task.Run(() => Reload(lifetime.ApplicationStopping));
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _hangup?.Dispose();
        _turn.Dispose();
    }

    private async Task Reload(CancellationToken stop)
    {
        try
        {
            await _turn.WaitAsync(stop);
            try
            {
                foreach (var file in files) await file.Reload(stop);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The role ends: nothing is read again.
        }
        catch (Exception failure)
        {
            Log.Failed(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4030, LogLevel.Error, "Settings could not be read again")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}

public static class ReloadRegistration
{
    /// <summary>Registers that SIGHUP reads again what the roles of this process have registered as <see cref="IReloadable"/>.</summary>
    public static IServiceCollection AddReloadOnHangup(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ReloadOnHangup>());
        return services;
    }
}
