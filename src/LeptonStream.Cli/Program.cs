using LeptonStream.Cli.CommandLine;

return await CommandRunner.Run(LeptonCommand.Create(), args);
