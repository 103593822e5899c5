using System.CommandLine;
using System.CommandLine.Parsing;

namespace LeptonStream.Cli.CommandLine;

/// <summary>Flags that a command does not have and another has: why not, and what to give instead.</summary>
internal static class OtherFlags
{
    /// <summary>Why a command refuses a flag that other commands have; null where none has it.</summary>
    /// <param name="word">The word as it was given.</param>
    /// <param name="parsed">The command line.</param>
    public static string? WhyNot(string word, ParseResult parsed)
    {
        var flag = word.Split('=')[0];
        if (!flag.StartsWith("--", StringComparison.Ordinal)) return null;
        var command = parsed.CommandResult.Command.Name;
        string[] others = [.. parsed.RootCommandResult.Command.Subcommands.Where(other => Has(other, flag)).Select(other => other.Name)];
        if (others.Length == 0) return null;
        return (command, flag) switch
        {
            ("dashboard", "--bootstrap-servers" or "--topic-prefix") =>
                $"dashboard has no {flag}: it reads the notifier's journal and not Kafka. Name the journal with --storage",
            ("dashboard", "--health-port") => "dashboard has no --health-port: it answers probes at the address of --url",
            ("detector", "--storage") => "detector has no --storage: it writes to Kafka only. The notifier keeps the journal",
            _ => $"{command} has no {flag}; {string.Join(", ", others)} {(others.Length == 1 ? "has" : "have")} it",
        };
    }

    /// <summary>
    /// A flag that the command does not have, and that was taken for one of its arguments (a file, a matcher); null where there is none.
    /// After <c>--</c> every word is an argument.
    /// </summary>
    public static string? AmongArguments(ParseResult parsed) => parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash) ? null
        : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value.Split('=')[0]).FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal));

    private static bool Has(Command command, string flag) =>
        command.Options.Any(option => option.Name == flag) || command.Subcommands.Any(inner => Has(inner, flag));
}
