using LeptonStream.Collector.Points;
using LeptonStream.Settings;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector;

/// <summary>Settings of the collector; section <c>Collector</c>. Sources and mapping are in <see cref="ConfigFile"/>.</summary>
public sealed class CollectorOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Collector";

    /// <summary>
    /// YAML file (<c>collector.yaml</c>) with source topics, addresses to scrape and the mapping of labels. Not set: presets alone, and
    /// payloads come by HTTP.
    /// </summary>
    public string? ConfigFile { get; set; }

    /// <summary>The consumer group that reads source topics; all collectors of one installation need the same.</summary>
    public string GroupId { get; set; } = "lepton-collector";

    /// <summary>
    /// Address of the HTTP intake, as http://host:port, or https:// with <see cref="CertificateFile"/>; port 0 takes any free one, and
    /// empty is off.
    /// </summary>
    public string HttpUrl { get; set; } = "http://127.0.0.1:4318";

    /// <summary>Address of OTLP/gRPC, likewise; empty is off.</summary>
    public string GrpcUrl { get; set; } = "http://127.0.0.1:4317";

    /// <summary>PEM file with the server's certificate and those between it and the authority. Needed for https.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file with the key of that certificate.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>
    /// PEM file with the authorities of client certificates. Where it is set, only clients with a certificate of theirs are let in (mutual
    /// TLS).
    /// </summary>
    public string? ClientCaFile { get; set; }

    /// <summary>
    /// YAML file of tokens (<c>lepton token NAME --role sender</c> makes them). Where it is set, only senders with a token are let in.
    /// </summary>
    public string? TokensFile { get; set; }

    /// <summary>
    /// Address of the schema registry (Confluent's REST API) that knows the Avro schemas of source topics; several with commas. Not set:
    /// records in Avro are dead letters.
    /// </summary>
    public string? SchemaRegistryUrl { get; set; }

    /// <summary>File with <c>user:password</c> for that registry (basic authentication).</summary>
    public string? SchemaRegistryUserFile { get; set; }

    /// <summary>Bytes of a request's body as it comes, at most; 1024 to 256 MiB.</summary>
    [SettingRange(Section, 1_024, 256 << 20)]
    public int MaxBodyBytes { get; set; } = 16 << 20;

    /// <summary>Bytes of a payload once it is decompressed, at most; 1024 to 1 GiB.</summary>
    [SettingRange(Section, 1_024, 1 << 30)]
    public int MaxDecompressedBytes { get; set; } = 64 << 20;

    /// <summary>
    /// Bytes of payloads that are read and not acknowledged by Kafka yet, at most; 1 MiB to 2 GiB. Beyond it senders get 503 and come
    /// again. Scraped pages have as much again for themselves.
    /// </summary>
    [SettingRange(Section, 1 << 20, int.MaxValue)]
    public int MaxPendingBytes { get; set; } = 128 << 20;

    /// <summary>Connections at once, at most; 1 to 100000.</summary>
    [SettingRange(Section, 1, 100_000)]
    public int MaxConnections { get; set; } = 2_000;

    /// <summary>Samples a second that one source may send, on the average; 0 is no limit. Beyond it the source gets 429.</summary>
    [SettingRange(Section, 0, 100_000_000, Note = "0 is no limit")]
    public int SourceSamplesPerSecond { get; set; } = 200_000;

    /// <summary>Bytes a second that one source may send, on the average; 0 is no limit. Beyond it the source gets 429.</summary>
    [SettingRange(Section, 0, int.MaxValue, Note = "0 is no limit")]
    public int SourceBytesPerSecond { get; set; } = 64 << 20;

    /// <summary>
    /// Series that one source may have within an hour or two; 0 is no limit. Samples of further ones are refused, those of known ones not.
    /// </summary>
    [SettingRange(Section, 0, 100_000_000, Note = "0 is no limit")]
    public int SourceSeries { get; set; } = 200_000;

    /// <summary>Records of a source topic that are read together; 1 to 100000.</summary>
    [SettingRange(Section, 1, 100_000)]
    public int BatchSize { get; set; } = 2_000;

    /// <summary>Longest wait for a batch of a source topic to fill, in milliseconds; 0 to 10000.</summary>
    [SettingRange(Section, 0, 10_000)]
    public int BatchWaitMs { get; set; } = 100;

    /// <summary>How much a record of a source topic may hold.</summary>
    public FormatLimits LimitsOfTopics() =>
        FormatLimits.Default with { Bytes = MaxDecompressedBytes, DecompressedBytes = MaxDecompressedBytes };
}

[OptionsValidator]
internal sealed partial class CollectorRanges : IValidateOptions<CollectorOptions>;
