using LeptonStream.Settings;
using Microsoft.Extensions.Options;

namespace LeptonStream.Kafka;

/// <summary>Settings of the Kafka clients; section <c>Kafka</c>.</summary>
public sealed class KafkaOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Kafka";

    /// <summary>host:port, several separated by commas.</summary>
    public string BootstrapServers { get; set; } = "localhost:9092";

    /// <summary>Begins the name of every topic of this installation: up to 100 letters, digits, dots, hyphens and underscores.</summary>
    public string TopicPrefix { get; set; } = "lepton.";

    /// <summary>Plaintext, Ssl, SaslPlaintext or SaslSsl.</summary>
    public string SecurityProtocol { get; set; } = "Plaintext";

    /// <summary>Plain, ScramSha256 or ScramSha512; needed with the Sasl protocols.</summary>
    public string? SaslMechanism { get; set; }

    public string? SaslUsername { get; set; }

    public string? SaslPassword { get; set; }

    /// <summary>PEM file with the certificate authorities to trust.</summary>
    public string? SslCaLocation { get; set; }

    /// <summary>PEM file with the client's certificate, for mutual TLS.</summary>
    public string? SslCertificateLocation { get; set; }

    /// <summary>PEM file with the client's key, for mutual TLS.</summary>
    public string? SslKeyLocation { get; set; }

    /// <summary>
    /// After how many milliseconds without a sign of life the group gives a consumer's partitions to others; real brokers allow 6,000 and
    /// more. Producers give up a record after a third of it, so that nothing of a worker that was given up lands later.
    /// </summary>
    [SettingRange(Section, 1_000, 1_800_000, Note = "most brokers take 6000 and more")]
    public int SessionTimeoutMs { get; set; } = 45_000;

    /// <summary>
    /// Classic, or Consumer for the group protocol of KIP-848 (Kafka 4.0 and later): the broker assigns the partitions, and its own
    /// <c>group.consumer.session.timeout.ms</c> holds instead of <see cref="SessionTimeoutMs"/>, which must not be longer.
    /// </summary>
    public string GroupProtocol { get; set; } = "Classic";

    /// <summary>
    /// The name of this member, for static membership (KIP-345): a process that starts again under it within the session time-out has its
    /// partitions back at once, without a rebalance. One process of a group at a time may bear it; further members in the process have
    /// their number behind it. Null for members without a name.
    /// </summary>
    public string? GroupInstanceId { get; set; }

    /// <summary>Names this process in the broker's logs and quotas.</summary>
    public string ClientId { get; set; } = "lepton";

    /// <summary>
    /// These settings for one of several members in this process: the first has the names of the process, any further one its number
    /// behind them.
    /// </summary>
    /// <param name="number">1 for the first.</param>
    public KafkaOptions OfMember(int number)
    {
        var own = (KafkaOptions)MemberwiseClone();
        if (number == 1) return own;
        own.ClientId = $"{ClientId}-{number}";
        own.GroupInstanceId = GroupInstanceId is { } name ? $"{name}-{number}" : null;
        return own;
    }
}

[OptionsValidator]
internal sealed partial class KafkaRanges : IValidateOptions<KafkaOptions>;
