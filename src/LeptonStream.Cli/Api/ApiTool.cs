using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;

namespace LeptonStream.Cli.Api;

/// <summary>What the tools that ask a dashboard have in common.</summary>
internal static class ApiTool
{
    /// <summary>Gives a command the flags of the API and what it does with a client.</summary>
    public static Command WithApi(this Command command, Func<ApiClient, ParseResult, CancellationToken, Task> tool)
    {
        command.WithSettings("Api:Url", "Api:TokenFile");
        command.SetAction(async (parsed, stop) =>
        {
            using var api = ApiClient.Of(parsed);
            await tool(api, parsed, stop);
            return ExitCode.Sound;
        });
        return command;
    }
}
