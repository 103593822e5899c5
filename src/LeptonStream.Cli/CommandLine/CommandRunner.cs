using System.CommandLine;
using System.CommandLine.Help;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LeptonStream.Cli.Settings;

namespace LeptonStream.Cli.CommandLine;

/// <summary>
/// Runs the command that the arguments name, and turns every outcome into an exit code and, where it is a bad one, plain sentences on
/// standard error.
/// </summary>
internal static class CommandRunner
{
    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Log more; on a failure also show where in the program it happened",
        Recursive = true,
    };

    public static bool IsVerbose(ParseResult parsed) => parsed.GetValue(Verbose);

    public static async Task<int> Run(RootCommand root, string[] args)
    {
        root.Add(Verbose);
        root.Options.OfType<HelpOption>().Single().Action = new HelpWithExamples();
        ParseResult parsed;
        try
        {
            parsed = root.Parse(AsOption(args));
        }
        catch (InvalidOperationException unreadable)
        {
            // A validator asked for a value that could not be read.
            Console.Error.WriteLine($"lepton: {UsageText.Of(unreadable.Message)}");
            return ExitCode.WrongUsage;
        }

        // Completion asks about lines that are not finished.
        var isQuestion = parsed.Action is HelpWithExamples || root.Directives.Any(directive => parsed.GetResult(directive) is not null);
        if (!isQuestion && OtherFlags.AmongArguments(parsed) is { } flag) return Refuse(parsed, flag);
        if (parsed.Errors.Count > 0 && !isQuestion) return Refuse(parsed);

        var ended = ExitCode.Interrupted;
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(
            PosixSignal.SIGINT, context => Stop(context, stop, () => ended = ExitCode.Interrupted));
        using var terminate = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM, context => Stop(context, stop, () => ended = ExitCode.Terminated));
        try
        {
            // Stopping in order takes as long as it takes; the time-out that the library would end the process after is off.
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
        }
        catch (WrongUsageException wrong)
        {
            foreach (var line in wrong.Wrong) Console.Error.WriteLine($"lepton: {line}");
            return ExitCode.WrongUsage;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.Error.WriteLine("lepton: stopped before it was done");
            return ended;
        }
        catch (Exception failure)
        {
            Console.Error.WriteLine($"lepton: {PlainWords(failure, parsed.CommandResult.Command)}");
            if (IsVerbose(parsed)) Console.Error.WriteLine(failure);
            return ExitCode.Failed;
        }
    }

    // "lepton help COMMAND" is what people type who know other programs.
    private static string[] AsOption(string[] args) => args is ["help", .. var command] ? [.. command, "--help"] : args;

    // The first signal asks to stop in order; a second one is left to the system and ends the process.
    private static void Stop(PosixSignalContext context, CancellationTokenSource stop, Action remember)
    {
        if (stop.IsCancellationRequested) return;
        remember();
        context.Cancel = true;
        stop.Cancel();
    }

    private static int Refuse(ParseResult parsed)
    {
        if (parsed.Tokens.Count == 0)
        {
            parsed.RootCommandResult.Command.Parse("--help").Invoke();
            return ExitCode.WrongUsage;
        }

        // A flag of other commands leads to an error for itself and one for its value; why it is not one here is enough.
        if (parsed.UnmatchedTokens.Select(word => OtherFlags.WhyNot(word, parsed)).FirstOrDefault(why => why is not null) is { } reason)
        {
            Console.Error.WriteLine($"lepton: {reason}");
        }
        else
        {
            // A word that is no command leads to two errors; the one that names it is enough.
            var named = parsed.Errors.Where(error => error.Message.Contains('\'')).ToArray();
            foreach (var error in named.Length > 0 ? named : parsed.Errors)
                Console.Error.WriteLine($"lepton: {UsageText.Of(error.Message)}");
        }

        Console.Error.WriteLine($"Try '{string.Join(' ', PathOf(parsed.CommandResult))} --help'.");
        return ExitCode.WrongUsage;
    }

    private static int Refuse(ParseResult parsed, string flag)
    {
        var path = string.Join(' ', PathOf(parsed.CommandResult));
        Console.Error.WriteLine($"lepton: {OtherFlags.WhyNot(flag, parsed) ?? $"'{path}' has no {flag}"}");
        Console.Error.WriteLine($"Try '{path} --help'.");
        return ExitCode.WrongUsage;
    }

    private static IEnumerable<string> PathOf(System.CommandLine.Parsing.SymbolResult? result)
    {
        if (result is not System.CommandLine.Parsing.CommandResult command) return [];
        return command.Parent is null ? ["lepton"] : PathOf(command.Parent).Append(command.Command.Name);
    }

    private static string PlainWords(Exception failure, Command command)
    {
        if (failure is AggregateException { InnerException: { } inner }) failure = inner;
        for (var cause = failure; cause is not null; cause = cause.InnerException)
            if (cause is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AccessDenied
                or SocketError.AddressNotAvailable })
                return $"can't listen: {failure.Message.TrimEnd('.')}; {OtherAddress(command)}";
        return failure.Message;
    }

    // Its help has the other settings.
    private static string OtherAddress(Command command) =>
        Has(command, "--http") ? "choose another address with --http, or another port for probes with --health-port"
        : Has(command, "--health-port") ? "choose another port with --health-port, or another address with --set Health:Address=IP"
        : "choose another address or port with --url";

    private static bool Has(Command command, string option) => command.Options.Any(known => known.Name == option);
}
