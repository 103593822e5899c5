using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using LeptonStream.Access;
using LeptonStream.Kafka;

namespace LeptonStream.Cli.Doctor;

/// <summary>
/// The requests that a broker understands, each with its highest version: all that Kafka says of its own age. The client library asks the
/// same but keeps the answer to itself.
/// </summary>
internal sealed class BrokerApis
{
    private const short ApiVersionsKey = 18;
    private const int LongestAnswer = 64 * 1024;

    // The requests that the roles rely on; the numbers are the protocol's.
    private static readonly (short Api, short Version, string Need)[] Needs =
    [
        (0, 7, "zstd compression (Kafka 2.1)"),
        (22, 0, "idempotent producers (Kafka 0.11)"),
        (11, 2, "consumer groups (Kafka 0.11)"),
    ];

    private readonly Dictionary<short, short> _newest;

    private BrokerApis(Dictionary<short, short> newest) => _newest = newest;

    /// <summary>Number of request types that it understands.</summary>
    public int Count => _newest.Count;

    /// <summary>The requests that the roles need and that it can't answer.</summary>
    public IEnumerable<string> Missing => Needs.Where(need => !Understands(need.Api, need.Version)).Select(need => need.Need);

    /// <summary>The version as far as it shows from the outside.</summary>
    public string Age => (Understands(68, 1), Understands(1, 17), Understands(1, 11)) switch
    {
        (true, _, _) => "Kafka 4 or newer",
        (_, true, _) => "Kafka 3.9",
        (_, _, true) => "Kafka 2.3 or newer",
        _ => "older than Kafka 2.3, or another program that speaks its protocol",
    };

    public bool Understands(short api, short version) => _newest.TryGetValue(api, out var newest) && newest >= version;

    /// <summary>Asks one broker.</summary>
    /// <exception cref="IOException">It does not answer as a Kafka broker does.</exception>
    public static async Task<BrokerApis> Ask(KafkaOptions kafka, string host, int port, CancellationToken stop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, stop);
        await using var stream = await Secure(client.GetStream(), kafka, host, stop);

        // length, api key, api version 0, correlation id, client id (none)
        byte[] request = [0, 0, 0, 10, 0, (byte)ApiVersionsKey, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF];
        await stream.WriteAsync(request, stop);
        var size = BinaryPrimitives.ReadInt32BigEndian(await Read(stream, 4, stop));
        if (size is < 10 or > LongestAnswer) throw new IOException($"{host}:{port} does not answer as a Kafka broker does");
        return Parse(await Read(stream, size, stop)) ?? throw new IOException($"{host}:{port} does not tell which requests it understands");
    }

    // correlation id, error, then per api: key, oldest, newest version
    private static BrokerApis? Parse(byte[] answer)
    {
        var count = BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(6));
        if (BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(4)) != 0 || count < 0 || 10 + (count * 6) > answer.Length) return null;
        var newest = new Dictionary<short, short>();
        for (var at = 10; count > 0; count--, at += 6)
            newest[BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(at))] = BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(at + 4));
        return new BrokerApis(newest);
    }

    private static async Task<Stream> Secure(NetworkStream plain, KafkaOptions kafka, string host, CancellationToken stop)
    {
        if (!kafka.SecurityProtocol.EndsWith("Ssl", StringComparison.Ordinal)) return plain;
        var tls = new SslStream(plain);
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (kafka.SslCaLocation is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
                { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authorities);
        }

        if (kafka is { SslCertificateLocation: { } certificate, SslKeyLocation: { } key })
            options.ClientCertificateContext = CertificateFile.Read(certificate, key);
        await tls.AuthenticateAsClientAsync(options, stop);
        return tls;
    }

    private static async Task<byte[]> Read(Stream stream, int count, CancellationToken stop)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, stop);
        return bytes;
    }
}
