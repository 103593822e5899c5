using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace LeptonStream.Cli.Logging;

internal static class LoggingSetup
{
    /// <summary>
    /// Logs to standard error: lines for people on a terminal, JSON for machines in a container. Standard output belongs to results.
    /// </summary>
    public static void AddConsoleLog(this ILoggingBuilder logging, ParseResult parsed, IConfiguration configuration)
    {
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.SetMinimumLevel(CommandRunner.IsVerbose(parsed) ? LogLevel.Debug : LogLevel.Information);
        // The usual sentences of a host about itself.
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // It logs with its stack what the program then says in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", CommandRunner.IsVerbose(parsed) ? LogLevel.Error : LogLevel.None);
        if (WantsJson(parsed))
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        else
        {
            logging.AddSimpleConsole(simple =>
            {
                simple.SingleLine = true;
                simple.TimestampFormat = "HH:mm:ss.fff ";
                simple.ColorBehavior = NoColor ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
            });
        }

        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>https://no-color.org: any value but the empty one.</summary>
    public static bool NoColor => Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };

    private static bool WantsJson(ParseResult parsed) =>
        (parsed.GetValue(SettingsFlags.LogFormat) ?? (IsContainer ? "json" : "simple")) == "json";

    private static bool IsContainer =>
        string.Equals(Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER"), "true", StringComparison.OrdinalIgnoreCase);
}
