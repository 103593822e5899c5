using System.CommandLine;
using LeptonStream.Yaml;

namespace LeptonStream.Cli.CommandLine;

/// <summary>Lengths of time on a command line.</summary>
internal static class DurationOption
{
    public static Option<TimeSpan?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = result =>
        {
            if (DurationText.TryParse(result.Tokens[0].Value, out var duration) && duration > TimeSpan.Zero) return duration;
            result.AddError($"{name} is '{result.Tokens[0].Value}': {DurationText.Form}, above 0s");
            return null;
        },
    };
}
