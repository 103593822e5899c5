namespace LeptonStream.Cli.CommandLine;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    /// <summary>All is well.</summary>
    public const int Sound = 0;

    /// <summary>It ran, and something is wrong.</summary>
    public const int Failed = 1;

    /// <summary>It did not run: the command line or a setting is wrong.</summary>
    public const int WrongUsage = 2;

    /// <summary>Ctrl-C ended it before it was done: 128 and the signal's number, as shells count.</summary>
    public const int Interrupted = 130;

    /// <summary>SIGTERM ended it before it was done.</summary>
    public const int Terminated = 143;
}
