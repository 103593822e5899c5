using LeptonStream.Health;
using LeptonStream.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Dashboard;

/// <summary>The dashboard as a process role: a host of its own, ready to be started.</summary>
public static class DashboardHost
{
    // Of a silence with hundreds of matchers.
    private const int LongestBody = 64 * 1024;

    /// <summary>
    /// Makes the host from the settings (sections <c>Dashboard</c> and <c>Storage</c>); wrong settings are named when it starts.
    /// <paramref name="configure"/> adds what the caller decides, such as logging.
    /// </summary>
    public static WebApplication Build(IConfiguration configuration, Action<WebApplicationBuilder>? configure = null)
    {
        // Empty: nothing of the environment or the working folder may change what the caller's settings say.
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = typeof(DashboardHost).Assembly.GetName().Name });
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LongestBody;
        });
        builder.Services.AddDashboard(builder.Configuration);
        builder.AddTelemetry(RoleNames.ProgramOf(RoleNames.Dashboard));
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapDashboard();
        return app;
    }

    /// <summary>The address to open in a browser; known once the host is started, also where the settings say port 0.</summary>
    public static Uri AddressOf(WebApplication app)
    {
        var url = app.Urls.FirstOrDefault() ?? throw new InvalidOperationException("The dashboard has no address before it is started.");
        return new Uri(url.Replace("://0.0.0.0", "://localhost").Replace("://[::]", "://localhost"));
    }
}
