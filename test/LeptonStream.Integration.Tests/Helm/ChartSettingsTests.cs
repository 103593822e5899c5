using LeptonStream.Kafka;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>What the chart gives the program, read by the program itself.</summary>
[TestFixtureSource(typeof(Chart), nameof(Chart.ValueSets))]
public sealed class ChartSettingsTests(string set)
{
    private RenderedChart _chart = null!;

    [OneTimeSetUp]
    public async Task Render() => _chart = await Chart.Render(set);

    [Test]
    public void Variables_OfEveryPod_AreRealSettings()
    {
        var variables = _chart.Pods.SelectMany(pod => pod.Environment.Keys).Where(name => name.StartsWith("LEPTON_", StringComparison.Ordinal));

        Assert.That(variables.Where(variable => !ProgramSettings.HasVariable(variable)), Is.Empty);
    }

    [Test]
    public void Options_OfEveryPod_PassTheProgramsOwnValidation()
    {
        foreach (var pod in _chart.Pods)
        {
            using var mounted = new MountedSettings(_chart, pod);
            using var services = new ServiceCollection().AddKafka(mounted.Configuration).AddStorage(mounted.Configuration).BuildServiceProvider();

            if (pod.Component is not "dashboard")
            {
                var kafka = services.GetRequiredService<IOptions<KafkaOptions>>().Value;
                Assert.That(kafka.BootstrapServers, Is.EqualTo(_chart.Settings.Text("Kafka", "BootstrapServers")));
                Assert.That(kafka.SaslPassword, _chart.Settings.At("Kafka", "SaslMechanism") is null ? Is.Null : Is.EqualTo("secret"));
            }

            if (pod.Component is "notifier" or "dashboard")
                Assert.That(Database.KindOf(services.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString), Is.EqualTo(DatabaseKind.PostgreSql));
        }
    }

    /// <summary>The configuration as a container would see it: its files in a folder of this machine, its secrets made up.</summary>
    private sealed class MountedSettings : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("lepton-settings-").FullName;

        public MountedSettings(RenderedChart chart, RenderedPod pod)
        {
            foreach (var file in pod.Files.Keys)
            {
                var path = Path.Combine(_folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, file == "appsettings.json" ? chart.Settings.ToJsonString().Replace("/etc/lepton", _folder, StringComparison.Ordinal) : "");
            }

            Configuration = new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(_folder, "appsettings.json"))
                .AddInMemoryCollection(pod.Environment.Keys.Where(name => name.StartsWith("LEPTON_", StringComparison.Ordinal)).Select(Secret))
                .Build();
        }

        public IConfiguration Configuration { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        private static KeyValuePair<string, string?> Secret(string variable) =>
            new(variable["LEPTON_".Length..].Replace("__", ":", StringComparison.Ordinal), variable.EndsWith("ConnectionString", StringComparison.Ordinal) ? "Host=db" : "secret");
    }
}
