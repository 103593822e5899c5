using LeptonStream.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LeptonStream.Cli.Health;

/// <summary>Answers the probes of the worker roles, which serve nothing else. Every role of the process must be well.</summary>
internal sealed class HealthServer(IOptions<HealthOptions> options, IEnumerable<IRoleHealth> roles) : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Port == 0) return;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenAnyIP(options.Value.Port);
        });
        _app = builder.Build();
        // The server lives and dies with the process's own host, and hears of signals through it.
        _app.Run(Answer);
        await _app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task Answer(HttpContext context)
    {
        var reports = context.Request.Path.Value switch
        {
            "/healthz/live" => roles.Select(role => (role.Role, Report: role.Live())).ToArray(),
            "/healthz/ready" => [.. roles.Select(role => (role.Role, Report: role.Ready()))],
            _ => null,
        };
        if (reports is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.StatusCode = reports.All(r => r.Report.IsHealthy) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(string.Concat(reports.Select(r => $"{r.Role}: {r.Report.Detail}\n")));
    }
}

internal sealed class HealthOptionsValidation : IValidateOptions<HealthOptions>
{
    public ValidateOptionsResult Validate(string? name, HealthOptions options) => options.Port is >= 0 and <= 65_535
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Health:Port is {options.Port}: it may be 0 (off) to 65535");
}

internal static class HealthRegistration
{
    public static IServiceCollection AddHealthServer(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<HealthOptions>().Bind(configuration.GetSection(HealthOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HealthOptions>, HealthOptionsValidation>());
        services.AddHostedService<HealthServer>();
        return services;
    }
}
