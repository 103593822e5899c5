namespace LeptonStream.Cli.CommandLine;

/// <summary>Arguments or settings with which nothing can be run.</summary>
/// <param name="wrong">Everything that is wrong, each in one sentence that says what is allowed.</param>
internal sealed class WrongUsageException(IReadOnlyList<string> wrong) : Exception(string.Join(Environment.NewLine, wrong))
{
    public WrongUsageException(string wrong) : this([wrong])
    {
    }

    public IReadOnlyList<string> Wrong { get; } = wrong;
}
