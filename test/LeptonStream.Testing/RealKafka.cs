using System.Diagnostics;
using LeptonStream.Kafka;
using NUnit.Framework;

namespace LeptonStream.Testing;

/// <summary>
/// A real Apache Kafka for integration tests: the one at LEPTON_TEST_KAFKA, else ../shared/kafka/bin/cluster on ports and in a folder
/// of its own, else a container. A test that can have none is skipped with the reason.
/// </summary>
public sealed class RealKafka : IAsyncDisposable
{
    private const string ClusterScript = "kafka/bin/cluster";

    private static readonly SemaphoreSlim Gate = new(1);
    private static RealKafka? _shared;

    private readonly Func<Task> _stop;

    private RealKafka(string bootstrapServers, string origin, string? folder, Func<Task> stop)
    {
        BootstrapServers = bootstrapServers;
        Origin = origin;
        Folder = folder;
        _stop = stop;
    }

    /// <summary>host:port for clients.</summary>
    public string BootstrapServers { get; }

    /// <summary>Where it comes from, for messages.</summary>
    public string Origin { get; }

    /// <summary>The folder of a cluster started by ../shared/kafka/bin/cluster (for its stop, kill and restart verbs), else null.</summary>
    public string? Folder { get; }

    /// <summary>The one broker of this test run, started when the first test asks. <see cref="StopShared"/> ends it.</summary>
    public static async Task<RealKafka> Shared()
    {
        await Gate.WaitAsync();
        try
        {
            return _shared ??= await Start();
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Ends the shared broker, if one was started.</summary>
    public static async Task StopShared()
    {
        if (Interlocked.Exchange(ref _shared, null) is { } kafka) await kafka.DisposeAsync();
    }

    /// <summary>Starts a broker for one test alone (an address in LEPTON_TEST_KAFKA is shared all the same).</summary>
    /// <param name="arguments">More arguments for <c>cluster start</c>, such as <c>--nodes 3</c> or <c>--set key=value</c>.</param>
    public static async Task<RealKafka> Start(params string[] arguments)
    {
        if (Environment.GetEnvironmentVariable("LEPTON_TEST_KAFKA") is { Length: > 0 } address)
            return new RealKafka(address, $"LEPTON_TEST_KAFKA={address}", null, () => Task.CompletedTask);

        // The cluster comes first: tests may stop its nodes and start them again.
        if (SharedFolder.Find(ClusterScript) is { } script)
        {
            var (found, _) = await Run("/bin/sh", "-c", "command -v java");
            Requires.Component(found == 0, "no real Kafka: ../shared/kafka needs java (Debian: apt-get install openjdk-17-jre-headless)");
            return await StartCluster(script, arguments);
        }

        var container = await Containers.Kafka();
        Requires.Component(container is not null, "no real Kafka: set LEPTON_TEST_KAFKA=host:port, or provide ../shared/kafka or Docker");
        return new RealKafka(container.GetBootstrapAddress(), "a container", null, () => container.DisposeAsync().AsTask());
    }

    /// <summary>Settings for clients of this broker whose topics no other test shares.</summary>
    public KafkaOptions Options() => new() { BootstrapServers = BootstrapServers, TopicPrefix = UniquePrefix() };

    /// <summary>A topic prefix, or a group name, that no other test and no other run has.</summary>
    public static string UniquePrefix() => $"test-{Guid.NewGuid():N}.";

    public async ValueTask DisposeAsync() => await _stop();

    private static async Task<RealKafka> StartCluster(string script, string[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory("lepton-kafka-").FullName;
            // The script's nodes listen on port+i, and on port+10+i for their controllers.
            var port = LoopbackPorts.FreeRow(14);
            var (exitCode, output) = await Run(script,
                ["start", folder, "--port", $"{port}", "--set", "group.min.session.timeout.ms=1000", .. arguments]);
            if (exitCode == 0)
            {
                OrphanWatch.Start(folder, $"'{script}' stop '{folder}'");
                var servers = (await File.ReadAllTextAsync(Path.Combine(folder, "bootstrap"))).Trim();
                return new RealKafka(servers, "../shared/kafka", folder, () => StopCluster(script, folder));
            }

            await StopCluster(script, folder);

            // Between choosing a port and using it another process may have taken it.
            if (attempt == 3) throw new AssertionException($"{script} start failed: {output}");
        }
    }

    private static async Task StopCluster(string script, string folder)
    {
        await Run(script, "stop", folder);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static async Task<(int ExitCode, string Output)> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
