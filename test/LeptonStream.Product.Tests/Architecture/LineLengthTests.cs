using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Architecture;

/// <summary>A line that does not fit beside another file on a screen is read by nobody.</summary>
public sealed class LineLengthTests
{
    private const int Longest = 140;

    /// <summary>Folders whose older lines are still to be wrapped. Only ever remove one.</summary>
    private static readonly string[] NotYet =
    [
        "src/LeptonStream.Backtest", "src/LeptonStream.Cli", "src/LeptonStream.Core", "src/LeptonStream.Detector",
        "src/LeptonStream.Infrastructure", "src/LeptonStream.Notifier", "src/LeptonStream.Simulator",
        "test/LeptonStream.Benchmarks", "test/LeptonStream.Core.Tests", "test/LeptonStream.Integration.Tests",
        "test/LeptonStream.Product.Tests", "test/LeptonStream.Roles.Tests", "test/LeptonStream.Testing", "test/Browser",
    ];

    private static IEnumerable<string> Folders => ((string[])["src", "test"])
        .SelectMany(part => Directory.GetDirectories(Path.Combine(SharedFolder.RepositoryRoot, part)))
        .Select(folder => Path.GetRelativePath(SharedFolder.RepositoryRoot, folder))
        .Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Folders))]
    public void Lines_OfSources_FitIn140Columns(string folder)
    {
        var tooLong = Directory.EnumerateFiles(Path.Combine(SharedFolder.RepositoryRoot, folder), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => File.ReadLines(file).Select((line, at) => (Text: line, Place: $"{Path.GetFileName(file)}:{at + 1}")))
            .Where(line => line.Text.Length > Longest)
            .Select(line => line.Place)
            .ToArray();

        // A folder without long lines leaves the list, so that none come back.
        Assert.That(tooLong, NotYet.Contains(folder) ? Is.Not.Empty : Is.Empty, folder);
    }
}
