namespace LeptonStream.Testing;

/// <summary>
/// The folder beside the repository that holds the real programs and data sets of the tests: LEPTON_SHARED where it is set,
/// else ../shared, else (a git worktree lies deeper) the nearest one further up that holds what is asked for.
/// </summary>
public static class SharedFolder
{
    public static string RepositoryRoot { get; } =
        Above(AppContext.BaseDirectory).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "LeptonStream.sln")))
        ?? throw new DirectoryNotFoundException($"no LeptonStream.sln in any folder above {AppContext.BaseDirectory}");

    /// <summary>The full path of a file or folder in it, such as <c>data/nab</c>; null where there is none.</summary>
    public static string? Find(string relativePath) =>
        Candidates().Select(folder => Path.Combine(folder, relativePath)).FirstOrDefault(Path.Exists);

    /// <summary>Like <see cref="Find"/>, and a test without it is skipped with the path it would have to be at.</summary>
    public static string Require(string relativePath)
    {
        var path = Find(relativePath);
        Requires.Component(path is not null, $"../shared/{relativePath} is missing (LEPTON_SHARED may name another folder than ../shared)");
        return path;
    }

    private static IEnumerable<string> Candidates() =>
        Environment.GetEnvironmentVariable("LEPTON_SHARED") is { Length: > 0 } chosen
            ? [chosen]
            : Above(Path.GetDirectoryName(RepositoryRoot)!).Select(folder => Path.Combine(folder, "shared"));

    private static IEnumerable<string> Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent) yield return at.FullName;
    }
}
