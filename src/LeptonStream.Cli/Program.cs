using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Roles;
using LeptonStream.Health;

// A small edge begins twice, and the command line was understood the first time.
var isSmallEdge = SmallRuntime.IsEntered && args is [RoleNames.Edge, ..];
return await CommandRunner.Run(isSmallEdge ? LeptonCommand.CreateEdge() : LeptonCommand.Create(), args);
