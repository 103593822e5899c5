using System.CommandLine;
using System.Runtime.CompilerServices;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Roles;
using LeptonStream.Health;

return ProcessEnd.With(await CommandRunner.Run(CommandsFor(args), args));

static RootCommand CommandsFor(string[] words)
{
    // The native edge has no other commands: its compiler leaves out what stands behind this line.
    if (!RuntimeFeature.IsDynamicCodeSupported) return LeptonCommand.CreateEdge();

    // A small edge begins twice, and the command line was understood the first time.
    return SmallRuntime.IsEntered && words is [RoleNames.Edge, ..] ? LeptonCommand.CreateEdge() : LeptonCommand.Create();
}
