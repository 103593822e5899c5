using System.Text.Json;
using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Demo;

/// <summary>The demo's story on a real cluster instead of the embedded broker.</summary>
public sealed class DemoOnRealKafkaTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Test]
    public async Task Program_BootstrapServers_TellsTheSameStoryAndLeavesNothingBehind()
    {
        var kafka = await RealKafka.Shared();
        var embedded = await Demo();
        var real = await Demo("--bootstrap-servers", kafka.BootstrapServers);
        Assert.That(real.GetProperty("faults").GetRawText(), Is.EqualTo(embedded.GetProperty("faults").GetRawText()),
            "the same finds, as late, by the same detectors");
        Assert.That(real.GetProperty("falseAlerts").GetInt32(), Is.EqualTo(embedded.GetProperty("falseAlerts").GetInt32()));
        Assert.That(real.GetProperty("samples").GetInt64(), Is.EqualTo(embedded.GetProperty("samples").GetInt64()));

        using var admin = new AdminClientBuilder(ClientSettings.Admin(new() { BootstrapServers = kafka.BootstrapServers })).Build();
        Assert.That(() => admin.GetMetadata(Patience).Topics.Select(t => t.Topic), Has.None.StartWith("lepton.demo-").After(5000, 100));
        var groups = await admin.ListConsumerGroupsAsync(new() { RequestTimeout = Patience });
        Assert.That(groups.Valid.Select(g => g.GroupId), Has.None.StartWith("lepton.demo-"));
    }

    private static async Task<JsonElement> Demo(params string[] more)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "lepton.dll"), "demo", "--json", "--no-dashboard", "--story", "6h",
            .. more];
        var lepton = await ExternalProgram.Run("dotnet", arguments);
        Assert.That(lepton.Output, Is.Not.Empty, lepton.Error);
        return JsonDocument.Parse(lepton.Output).RootElement;
    }
}
