using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Health;
using LeptonStream.Cli.Logging;
using LeptonStream.Cli.Settings;
using LeptonStream.Health;
using LeptonStream.Storage;
using LeptonStream.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Cli.Roles;

/// <summary>Runs a role as a process: settings, log, telemetry, probes and the role, until it is stopped or fails.</summary>
internal static class RoleRunner
{
    // Longer than any role's own limits for its last work, shorter than the grace that Kubernetes gives (docs/guarantees.md).
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(15);

    private const int UsualSeries = 2_000;
    private const int SmallSeries = 200;

    public static async Task<int> Run(
        ParseResult parsed, string role, Action<IServiceCollection, IConfiguration> addRole, bool hasJournal, CancellationToken stop)
    {
        var settings = LeptonSettings.Load(parsed);
        settings.Check(services => Register(services, settings.Configuration, addRole));
        if (hasJournal) await CheckJournal(settings, writes: true, stop);
        var builder = Host.CreateEmptyApplicationBuilder(new() { ApplicationName = RoleNames.ProgramOf(role) });
        builder.Configuration.AddConfiguration(settings.Configuration);
        builder.Logging.AddConsoleLog(parsed, settings.Configuration);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownLimit);
        builder.AddTelemetry(RoleNames.ProgramOf(role), isServed: settings.Configuration.GetValue<int>("Health:Port") > 0,
            mostSeries: role == RoleNames.Edge ? SmallSeries : UsualSeries);
        Register(builder.Services, settings.Configuration, addRole);
        using var host = builder.Build();
        return await Run(host, stop);
    }

    /// <summary>Refuses to start with a journal that can't be had.</summary>
    public static Task CheckJournal(LeptonSettings settings, bool writes, CancellationToken stop) =>
        StorageCheck.Run(settings.Configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new(), writes, stop);

    /// <summary>Runs a host until it is stopped or one of its roles fails.</summary>
    public static async Task<int> Run(IHost host, CancellationToken stop)
    {
        var exit = host.Services.GetService<RoleExit>();
        BackgroundService[] parts = [];
        using var started = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() =>
            parts = [.. host.Services.GetServices<IHostedService>().OfType<BackgroundService>()]);
        await host.RunAsync(stop);
        if ((exit?.Reason ?? FailureOf(parts)) is not { } reason) return ExitCode.Sound;
        Console.Error.WriteLine($"lepton: {reason}");
        return ExitCode.Failed;
    }

    // The host stops where a part of it fails unexpectedly, and calls that a success.
    private static string? FailureOf(IEnumerable<BackgroundService> parts) => parts
        .Where(part => part.ExecuteTask is { IsFaulted: true })
        .Select(part => $"{part.GetType().Name} failed: {part.ExecuteTask!.Exception!.GetBaseException().Message}")
        .FirstOrDefault();

    private static void Register(IServiceCollection services, IConfiguration configuration,
        Action<IServiceCollection, IConfiguration> addRole)
    {
        services.AddRoleExit();
        // First in, last out: probes are answered while the role shuts down.
        services.AddHealthServer(configuration);
        addRole(services, configuration);
    }
}
