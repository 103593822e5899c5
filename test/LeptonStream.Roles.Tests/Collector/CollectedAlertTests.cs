using LeptonStream.Alerts;
using LeptonStream.Detector;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>From a page of an exporter to an alert: collector and detector on one broker.</summary>
[Parallelizable]
public sealed class CollectedAlertTests
{
    [Test]
    public async Task Xid_OnTheDcgmExportersPage_BecomesACriticalAlert()
    {
        await using var dcgm = await FakeExporter.Start(FakeExporter.Dcgm);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $$"""
            scrape_configs:
              - job_name: gpu-fleet
                scrape_interval: 1s
                static_configs: [{targets: ["{{dcgm.Target}}"]}]
            """);
        using var rig = new CollectorRig(("Collector:ConfigFile", file)).Start();
        using var detector = DetectorOn(rig);
        await detector.StartAsync();

        var alert = rig.Probe.Read(rig.Topics.Alerts, 1)[0];

        Assert.That(System.Text.Encoding.UTF8.GetString(alert.Message.Key!), Is.EqualTo("gpu-fleet"));
        Assert.That(TopicProbe.Header(alert, "ce_type"), Does.Contain("opened"));
        Assert.That(System.Text.Encoding.UTF8.GetString(alert.Message.Value!),
            Does.Contain("\"gpu.xid\"").And.Contain("critical"));
        await detector.StopAsync();
        File.Delete(file);
    }

    private static IHost DetectorOn(CollectorRig rig)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            [new("Kafka:BootstrapServers", rig.Kafka.BootstrapServers), new("Kafka:SessionTimeoutMs", "6000"), new("Detector:Loops", "1")]);
        builder.Logging.AddProvider(new TestLog());
        builder.Services.AddDetector(builder.Configuration);
        return builder.Build();
    }
}
