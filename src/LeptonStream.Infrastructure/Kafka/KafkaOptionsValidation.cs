using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace LeptonStream.Kafka;

internal sealed partial class KafkaOptionsValidation : IValidateOptions<KafkaOptions>
{
    private static readonly string[] Protocols = ["Plaintext", "Ssl", "SaslPlaintext", "SaslSsl"];
    private static readonly string[] Mechanisms = ["Plain", "ScramSha256", "ScramSha512"];
    private static readonly string[] GroupProtocols = ["Classic", "Consumer"];

    public ValidateOptionsResult Validate(string? name, KafkaOptions options)
    {
        List<string> wrong = [];
        var servers = options.BootstrapServers.Split(',', StringSplitOptions.TrimEntries);
        foreach (var server in servers.Where(server => !IsHostAndPort(server)))
            wrong.Add($"Kafka:BootstrapServers holds '{server}': write host:port, several separated by commas, such as "
                + $"broker-1:9092,broker-2:9092");
        if (!Prefix().IsMatch(options.TopicPrefix))
            wrong.Add(
                $"Kafka:TopicPrefix is '{options.TopicPrefix}': up to 100 letters, digits, dots, hyphens and underscores are allowed");
        if (!Protocols.Contains(options.SecurityProtocol))
            wrong.Add($"Kafka:SecurityProtocol is '{options.SecurityProtocol}': it may be {string.Join(", ", Protocols)}");
        else if (options.SecurityProtocol.StartsWith("Sasl", StringComparison.Ordinal))
            CheckSasl(options, wrong);
        if (!GroupProtocols.Contains(options.GroupProtocol))
            wrong.Add($"Kafka:GroupProtocol is '{options.GroupProtocol}': it may be {string.Join(", ", GroupProtocols)}");
        if (options.GroupInstanceId is { } member && !MemberName().IsMatch(member))
            wrong.Add($"Kafka:GroupInstanceId is '{member}': 1 to 200 letters, digits, dots, hyphens and underscores are allowed");
        CheckFile(nameof(options.SslCaLocation), options.SslCaLocation, wrong);
        CheckFile(nameof(options.SslCertificateLocation), options.SslCertificateLocation, wrong);
        CheckFile(nameof(options.SslKeyLocation), options.SslKeyLocation, wrong);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static void CheckSasl(KafkaOptions options, List<string> wrong)
    {
        if (!Mechanisms.Contains(options.SaslMechanism))
            wrong.Add($"Kafka:SaslMechanism is '{options.SaslMechanism}': with {options.SecurityProtocol} it must be "
                + $"{string.Join(", ", Mechanisms)}");
        if (string.IsNullOrEmpty(options.SaslUsername)) wrong.Add($"Kafka:SaslUsername is not set: {options.SecurityProtocol} needs it");
        if (string.IsNullOrEmpty(options.SaslPassword)) wrong.Add($"Kafka:SaslPassword is not set: {options.SecurityProtocol} needs it");
    }

    private static void CheckFile(string setting, string? path, List<string> wrong)
    {
        if (path is not null && !File.Exists(path)) wrong.Add($"Kafka:{setting} is '{path}': there is no such file");
    }

    private static bool IsHostAndPort(string server)
    {
        var colon = server.LastIndexOf(':');
        return colon > 0 && int.TryParse(server.AsSpan(colon + 1), out var port) && port is >= 1 and <= 65_535;
    }

    [GeneratedRegex(@"^[a-zA-Z0-9._-]{0,100}\z")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"^[a-zA-Z0-9._-]{1,200}\z")]
    private static partial Regex MemberName();
}
