using LeptonStream.Detection.Policies;
using LeptonStream.Feedback;

namespace LeptonStream.Backtest;

/// <summary>The files to backtest, and how.</summary>
/// <param name="Path">A CSV file, or a folder of them.</param>
/// <param name="Interval">Length of one count of a <c>t</c> column; null for a minute.</param>
/// <param name="Scores">A folder for one scores file per input, or null.</param>
/// <param name="VusWindow">The longest buffer of the volume under the surface, in rows.</param>
/// <param name="Html">The file of the report with a chart of every series, or null.</param>
/// <param name="Policies">Rules for single series; null for the default.</param>
/// <param name="Dial">Whether everything is judged at other warning budgets, too.</param>
/// <param name="Feedback">Verdicts with which everything is judged once more; null for none.</param>
internal sealed record BacktestOptions(
    string Path,
    TimeSpan? Interval = null,
    string? Scores = null,
    int VusWindow = VolumeUnderSurface.ComparableWindow,
    string? Html = null,
    PolicySet? Policies = null,
    bool Dial = false,
    IReadOnlyList<FeedbackEvent>? Feedback = null)
{
    /// <summary>
    /// A list of the true anomalies by file name, for files that say nothing themselves. <value>The default value is null: a
    /// <c>labels.json</c> beside the file.</value>
    /// </summary>
    public string? Labels { get; init; }

    /// <summary>The family of a file: its folder.</summary>
    /// <param name="path">Path of the file.</param>
    public string FamilyOf(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(RelativeTo(path))!;
        return folder.Length > 0
            ? folder.Replace('\\', '/')
            : System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
    }

    /// <summary>The path of a file below the folder.</summary>
    /// <param name="path">Path of the file.</param>
    public string RelativeTo(string path) =>
        Directory.Exists(Path) ? System.IO.Path.GetRelativePath(Path, path) : System.IO.Path.GetFileName(path);
}
