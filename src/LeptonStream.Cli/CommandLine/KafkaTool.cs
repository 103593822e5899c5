using System.CommandLine;
using Confluent.Kafka;
using LeptonStream.Cli.Settings;
using LeptonStream.Kafka;

namespace LeptonStream.Cli.CommandLine;

/// <summary>Runs a tool that needs Kafka, and says in plain words where Kafka says no.</summary>
internal static class KafkaTool
{
    public static async Task<int> Run(ParseResult parsed, Func<KafkaOptions, Task<int>> tool)
    {
        var kafka = KafkaSettings.Load(parsed);
        try
        {
            return await tool(kafka);
        }
        catch (KafkaException failure)
        {
            throw new InvalidOperationException(PlainWords(failure.Error, kafka), failure);
        }
    }

    public static string PlainWords(Error error, KafkaOptions kafka) => error.Code switch
    {
        ErrorCode.Local_Transport or ErrorCode.Local_TimedOut or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve =>
            $"no Kafka broker answers at {kafka.BootstrapServers}: is it running, is the address right (--bootstrap-servers), is a "
                + "firewall or proxy in the way?",
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed =>
            $"Kafka at {kafka.BootstrapServers} does not accept Kafka:SaslUsername and Kafka:SaslPassword ({error.Reason})",
        ErrorCode.Local_Ssl => $"no TLS connection to Kafka at {kafka.BootstrapServers}: {error.Reason}",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
            $"Kafka at {kafka.BootstrapServers} does not allow it: {error.Reason}",
        _ => $"Kafka at {kafka.BootstrapServers}: {error.Words()}",
    };
}
