using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LeptonStream.Dashboard;
using LeptonStream.Detector;
using LeptonStream.Health;
using LeptonStream.Notifier;
using LeptonStream.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Cli.Demo;

/// <summary>
/// Everything that runs in a demo: Kafka, the detector and the notifier as they are in production, a webhook to notify, the journal in a
/// folder of its own, the dashboard. It leaves nothing behind.
/// </summary>
internal sealed class DemoStage : IAsyncDisposable
{
    private const int FavouritePort = 8080;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lepton-demo-");
    private readonly WarningLog _warnings = new();
    private DemoCluster? _cluster;
    private WebhookSink? _sink;
    private IHost? _roles;
    private WebApplication? _dashboard;

    private DemoStage()
    {
    }

    /// <summary>Path of the journal; deleted with the stage.</summary>
    public string Folder => _folder.FullName;

    public DemoCluster Cluster => _cluster!;

    public WebhookSink Sink => _sink!;

    public Database Journal => _roles!.Services.GetRequiredService<Database>();

    /// <summary>The dashboard's address, or null.</summary>
    public Uri? Dashboard => _dashboard is null ? null : DashboardHost.AddressOf(_dashboard);

    /// <summary>The complaints of the roles.</summary>
    public IReadOnlyList<string> Warnings => _warnings.Lines;

    /// <summary>Forgets the complaints of the start: everything has worked since.</summary>
    public void HasStarted() => _warnings.Clear();

    /// <summary>The log of everything that is not a role.</summary>
    public ILogger Log => _warnings.CreateLogger("Demo");

    /// <summary>Ends when a role can't go on.</summary>
    public CancellationToken Broken => _roles!.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <summary>Reason for which a role can't go on; null where all can.</summary>
    public string? Failure => _roles!.Services.GetRequiredService<RoleExit>().Reason;

    /// <summary>Starts all of it.</summary>
    public static async Task<DemoStage> Set(DemoOptions options, TimeProvider time, CancellationToken stop)
    {
        var stage = new DemoStage();
        try
        {
            await stage.Start(options, time, stop);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_dashboard is not null) await _dashboard.DisposeAsync();
        if (_roles is not null)
        {
            await _roles.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)_roles).DisposeAsync();
        }

        if (_sink is not null) await _sink.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
        _warnings.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task Start(DemoOptions options, TimeProvider time, CancellationToken stop)
    {
        _cluster = options.Kafka is { } kafka
            ? await DemoCluster.Real(kafka, options.Partitions, time.GetUtcNow(), Log)
            : DemoCluster.Embedded(options.Partitions);
        _sink = await WebhookSink.Start(stop);
        var settings = Settings(options);

        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddConfiguration(settings);
        builder.Logging.AddProvider(_warnings);
        builder.Services.AddDetector(settings);
        builder.Services.AddNotifier(settings);
        _roles = builder.Build();

        // The notifier would do it too, but the dashboard shall not have to wait for it.
        await DatabaseSchema.Apply(Journal, stop);
        await _roles.StartAsync(stop);
        if (!options.Dashboard) return;
        _dashboard = DashboardHost.Build(settings, web => web.Logging.AddProvider(_warnings));
        await _dashboard.StartAsync(stop);
    }

    private IConfiguration Settings(DemoOptions options)
    {
        var kafka = Cluster.Kafka;
        var fixedSettings = new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = kafka.BootstrapServers,
            ["Kafka:TopicPrefix"] = kafka.TopicPrefix,
            ["Kafka:SecurityProtocol"] = kafka.SecurityProtocol,
            ["Kafka:SaslMechanism"] = kafka.SaslMechanism,
            ["Kafka:SaslUsername"] = kafka.SaslUsername,
            ["Kafka:SaslPassword"] = kafka.SaslPassword,
            ["Kafka:SslCaLocation"] = kafka.SslCaLocation,
            ["Kafka:SslCertificateLocation"] = kafka.SslCertificateLocation,
            ["Kafka:SslKeyLocation"] = kafka.SslKeyLocation,
            ["Kafka:SessionTimeoutMs"] = kafka.SessionTimeoutMs.ToString(CultureInfo.InvariantCulture),
            ["Storage:ConnectionString"] = $"Data Source={Path.Combine(Folder, "journal.db")}",
            ["Detector:GroupId"] = Cluster.DetectorGroup,
            // The generator shares the machine, and a story is the same in every run.
            ["Detector:Loops"] = "1",
            ["Notifier:GroupId"] = Cluster.NotifierGroup,
            ["Notifier:RoutingFile"] = WriteRouting(),
            // The receiver of the demo is on this machine.
            ["Notifier:AllowedTargets"] = "loopback",
            // An alert of half an hour lasts a tenth of a second here: one that waits for company is over before it is sent.
            ["Notifier:BatchWaitMs"] = "0",
        };
        // Whoever sees the page of this machine alone may try everything on it.
        if (options.Settings?["Dashboard:Url"] is null && options.Settings?["Dashboard:AnonymousRole"] is null)
            fixedSettings["Dashboard:AnonymousRole"] = "Responder";
        if (options.Settings?["Dashboard:Url"] is null)
            fixedSettings["Dashboard:Url"] = $"http://127.0.0.1:{(IsFree(FavouritePort) ? FavouritePort : 0)}";
        var all = new ConfigurationBuilder();
        if (options.Settings is { } chosen) all.AddConfiguration(chosen);
        return all.AddInMemoryCollection(fixedSettings).Build();
    }

    private string WriteRouting()
    {
        var path = Path.Combine(Folder, "routing.yml");
        File.WriteAllText(path, $"""
            route:
              receiver: webhook
              group_by: [model]
              group_wait: 0s
              group_interval: 50ms
            receivers:
              - name: webhook
                webhook_configs:
                  - url: {Sink.Address}
            """);
        return path;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
