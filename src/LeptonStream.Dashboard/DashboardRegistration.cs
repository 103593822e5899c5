using System.Text.Json.Serialization.Metadata;
using LeptonStream.Access;
using LeptonStream.Dashboard.Access;
using LeptonStream.Dashboard.Actions;
using LeptonStream.Dashboard.Alertmanager;
using LeptonStream.Dashboard.Alerts;
using LeptonStream.Dashboard.Description;
using LeptonStream.Dashboard.Health;
using LeptonStream.Dashboard.Links;
using LeptonStream.Dashboard.Live;
using LeptonStream.Dashboard.Notifications;
using LeptonStream.Dashboard.Outbox;
using LeptonStream.Dashboard.Pages;
using LeptonStream.Dashboard.Remediation;
using LeptonStream.Dashboard.Silences;
using LeptonStream.Health;
using LeptonStream.Reload;
using LeptonStream.Storage;
using LeptonStream.Telemetry;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace LeptonStream.Dashboard;

/// <summary>Registers and maps the dashboard.</summary>
public static class DashboardRegistration
{
    public static IServiceCollection AddDashboard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DashboardOptions>().Bind(configuration.GetSection(DashboardOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DashboardOptions>, DashboardOptionsValidation>();
        services.AddSingleton<IValidateOptions<DashboardOptions>, DashboardRanges>();
        services.AddOptions<HostFilteringOptions>().Configure<IOptions<DashboardOptions>>(FilterHosts);
        services.AddStorage(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddRouting();
        services.AddProblemDetails();
        services.AddExceptionHandler<JournalFailureHandler>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolver = JsonTypeInfoResolver.Combine(
            AlertJson.Default, ActionJson.Default, SilenceJson.Default, ApiJson.Default, NotificationJson.Default, LinkJson.Default,
            OutboxJson.Default, RemediationJson.Default,
            json.SerializerOptions.TypeInfoResolver));
        ApiDocument.Add(services);
        services.AddProbes().AddCheck<JournalHealthCheck>("journal", tags: [ProbeEndpoints.Ready]);
        services.AddReloadOnHangup();
        services.AddSingleton(provider => new TokensFile(provider.GetRequiredService<IOptions<DashboardOptions>>().Value.TokensFile,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TokensFile>>()));
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<TokensFile>());
        services.AddAuthentication(AccessHandler.Name).AddScheme<AuthenticationSchemeOptions, AccessHandler>(AccessHandler.Name, null);
        services.AddAuthorization(AccessPolicies.Add);
        services.AddSingleton<AlertQueries>();
        services.AddSingleton<AlertActions>();
        services.AddSingleton<Audit>();
        services.AddSingleton<SilenceStore>();
        services.AddSingleton<NotificationQueries>();
        services.AddSingleton<LinkActions>();
        services.AddSingleton<OutboxQueries>();
        services.AddSingleton<OutboxActions>();
        services.AddSingleton<RemediationActions>();
        services.AddSingleton<OpenAlertTexts>();
        services.AddSingleton<ApiQueries>();
        services.AddSingleton<ReceivedAlertStore>();
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
        return services;
    }

    public static WebApplication MapDashboard(this WebApplication app)
    {
        app.Urls.Add(app.Services.GetRequiredService<IOptions<DashboardOptions>>().Value.Url);
        app.UseSecurityHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        // Probes and Prometheus come under whatever address the cluster gave this process, and what they get holds no alerts.
        app.UseWhen(request => !IsForTheCluster(request.Request.Path), filtered => filtered.UseHostFiltering());
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseCrossSiteGuard();
        app.MapPage();
        app.MapAccess();
        app.MapSession();
        app.MapAlerts();
        app.MapActions();
        app.MapNotifications();
        app.MapOutbox();
        app.MapRemediation();
        app.MapSilences();
        app.MapLinks();
        app.MapAlertmanager();
        app.MapLive();
        app.MapApiDocument();
        app.MapProbes();
        if (app.Services.GetService<MeterProvider>() is not null) app.MapMetrics();
        return app;
    }

    private static bool IsForTheCluster(PathString path) => ProbeEndpoints.Serves(path) || path.StartsWithSegments("/metrics");

    private static void FilterHosts(HostFilteringOptions filter, IOptions<DashboardOptions> dashboard)
    {
        const StringSplitOptions Tidy = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        filter.AllowedHosts = dashboard.Value.AllowedHosts?.Split(';', Tidy) is { Length: > 0 } named ? named
            : DashboardOptionsValidation.IsLoopback(BindingAddress.Parse(dashboard.Value.Url)) ? ["localhost", "127.0.0.1", "[::1]"]
            : ["*"];
    }
}
