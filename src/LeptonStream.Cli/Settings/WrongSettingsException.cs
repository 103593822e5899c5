namespace LeptonStream.Cli.Settings;

/// <summary>Settings with which nothing can be run.</summary>
/// <param name="wrong">Every one, each in one sentence that says what is allowed.</param>
internal sealed class WrongSettingsException(IReadOnlyList<string> wrong) : Exception(string.Join(Environment.NewLine, wrong))
{
    public IReadOnlyList<string> Wrong { get; } = wrong;
}
