namespace LeptonStream.Yaml;

/// <summary>Everything that is wrong with a file, each error with its place: <c>detection.yaml:3: …</c>.</summary>
/// <param name="file">The file's name as it is to be shown.</param>
public sealed class YamlErrors(string file)
{
    private readonly List<string> _all = [];
    private readonly List<string> _notes = [];

    /// <summary>The errors, in the order they were found.</summary>
    public IReadOnlyList<string> All => _all;

    /// <summary>Notes on settings that are sound and yet may not be meant, in the order of the file.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public void Note(int line, string note) => _notes.Add($"{file}:{line}: {note}");

    public void Add(int line, string error) => _all.Add($"{file}:{line}: {error}");

    /// <summary>An error of the whole file.</summary>
    public void Add(string error) => _all.Add($"{file}: {error}");
}
