using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Architecture;

/// <summary>A line that does not fit beside another file on a screen is read by nobody.</summary>
public sealed class LineLengthTests
{
    private const int Longest = 140;

    private static IEnumerable<string> Folders => ((string[])["src", "test"])
        .SelectMany(part => Directory.GetDirectories(Path.Combine(SharedFolder.RepositoryRoot, part)))
        .Select(folder => Path.GetRelativePath(SharedFolder.RepositoryRoot, folder))
        .Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Folders))]
    public void Lines_OfSources_FitIn140Columns(string folder)
    {
        var tooLong = Directory.EnumerateFiles(Path.Combine(SharedFolder.RepositoryRoot, folder), "*", SearchOption.AllDirectories)
            .Where(IsOurs)
            .SelectMany(file => File.ReadLines(file).Select((line, at) => (Text: line, Place: $"{Path.GetFileName(file)}:{at + 1}")))
            .Where(line => line.Text.Length > Longest)
            .Select(line => line.Place);

        Assert.That(tooLong, Is.Empty, folder);
    }

    private static bool IsOurs(string file) =>
        Path.GetExtension(file) is ".cs" or ".js" or ".css"
            && !file.Contains($"{Path.DirectorySeparatorChar}vendor{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
}
