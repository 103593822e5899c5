using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Kafka;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Cli.Settings;

/// <summary>The Kafka settings of a tool, checked like a role's.</summary>
internal static class KafkaSettings
{
    /// <exception cref="WrongUsageException">Something is wrong with the settings.</exception>
    public static KafkaOptions Load(ParseResult parsed)
    {
        var settings = LeptonSettings.Load(parsed);
        settings.Check(services => services.AddKafka(settings.Configuration));
        return settings.Configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new();
    }
}
