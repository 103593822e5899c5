using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace LeptonStream.Cli.CommandLine;

/// <summary>The library's help, and below it what a command wants to add: examples, and how settings work.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private static readonly ConditionalWeakTable<Command, string> Texts = [];

    private readonly HelpAction _help = new();

    public static void Add(Command command, string text) => Texts.Add(command, text);

    public override int Invoke(ParseResult parseResult)
    {
        var status = _help.Invoke(parseResult);
        if (Texts.TryGetValue(parseResult.CommandResult.Command, out var text)) parseResult.InvocationConfiguration.Output.WriteLine(text);
        return status;
    }
}

internal static class HelpWithExamplesExtensions
{
    /// <summary>Adds examples to the command's help: each a command line and what it does.</summary>
    public static Command WithExamples(this Command command, params (string Line, string Meaning)[] examples)
    {
        HelpWithExamples.Add(command, "Examples:\n"
            + string.Concat(examples.Select(example => $"  {example.Line}\n      {example.Meaning}\n")));
        return command;
    }
}
