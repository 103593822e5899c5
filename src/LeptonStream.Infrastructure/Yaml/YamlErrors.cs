namespace LeptonStream.Yaml;

/// <summary>Everything that is wrong with a file, each error with its place: <c>line 3: …</c>, or <c>detection.yaml:3: …</c> where the file has a name.</summary>
/// <param name="file">The file's name as it is to be shown, or null.</param>
public sealed class YamlErrors(string? file = null)
{
    private readonly List<string> _all = [];

    /// <summary>The errors, in the order they were found.</summary>
    public IReadOnlyList<string> All => _all;

    public void Add(int line, string what) => _all.Add(file is null ? $"line {line}: {what}" : $"{file}:{line}: {what}");

    /// <summary>An error of the whole file.</summary>
    public void Add(string what) => _all.Add(file is null ? what : $"{file}: {what}");
}
