using System.CommandLine;
using LeptonStream.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeptonStream.Cli.Settings;

/// <summary>The Kafka settings of a tool, checked like a role's.</summary>
internal static class KafkaSettings
{
    /// <exception cref="WrongSettingsException">Something is wrong with the settings.</exception>
    public static KafkaOptions Load(ParseResult parsed)
    {
        var settings = LeptonSettings.Load(parsed);
        using var services = new ServiceCollection().AddKafka(settings.Configuration).BuildServiceProvider();
        settings.Check(services);
        return services.GetRequiredService<IOptions<KafkaOptions>>().Value;
    }
}
