using Confluent.SchemaRegistry;
using LeptonStream.Collector.Points;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Topics;

/// <summary>The schema registry of the settings; without one no schema can be had.</summary>
/// <param name="options">Its address and who asks.</param>
/// <param name="time">The clock.</param>
public sealed class SchemaRegistry(IOptions<CollectorOptions> options, TimeProvider time) : IDisposable
{
    // A reader waits for the answer: a registry that is slow must not hold up its partitions for long.
    private const int PatienceMs = 5_000;

    private readonly CachedSchemaRegistryClient? _client = ClientOf(options.Value);

    /// <summary>The schemas for one reader, which asks on its own thread; null without a registry.</summary>
    public Func<int, string?>? ForReader() => _client is null ? null : new RegistrySchemas(_client, time).Find;

    /// <inheritdoc/>
    public void Dispose() => _client?.Dispose();

    private static CachedSchemaRegistryClient? ClientOf(CollectorOptions options)
    {
        if (options.SchemaRegistryUrl is not { Length: > 0 } url) return null;
        var config = new SchemaRegistryConfig { Url = url, RequestTimeoutMs = PatienceMs, MaxRetries = 1, RetriesWaitMs = 50 };
        if (options.SchemaRegistryUserFile is { Length: > 0 } file) config.BasicAuthUserInfo = File.ReadAllText(file).Trim();
        return new(config);
    }
}
