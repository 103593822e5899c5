using LeptonStream.Detection.Policies;
using LeptonStream.Feedback;
using LeptonStream.Policies;

namespace LeptonStream.Detector.Policies;

/// <summary>
/// The policies of a partition: those of the file, with the text that they were read from, so that another owner judges by the same, and
/// the lines that people's verdicts have moved.
/// </summary>
internal sealed record PoliciesInForce
{
    public PoliciesInForce(PolicySet file, string? yaml, VerdictBook? verdicts = null)
    {
        File = file;
        Yaml = yaml;
        Verdicts = verdicts ?? VerdictBook.Empty;
        Set = file.Behind(Verdicts.Rules);
    }

    /// <summary>The built-in policies.</summary>
    public static PoliciesInForce Default { get; } = new(PolicySet.Default, null);

    /// <summary>The policies of the file alone.</summary>
    public PolicySet File { get; }

    /// <summary>The file's text; null for the built-in policies.</summary>
    public string? Yaml { get; }

    /// <summary>The verdicts that hold.</summary>
    public VerdictBook Verdicts { get; }

    /// <summary>All policies: those of the verdicts before those of the file.</summary>
    public PolicySet Set { get; }

    /// <summary>Reads a text that was in force once.</summary>
    /// <returns>The policies, or null where this program does not take the text.</returns>
    public static PoliciesInForce? Of(string? yaml, VerdictBook? verdicts = null) => yaml is null
        ? new(PolicySet.Default, null, verdicts)
        : PolicyFile.Parse(yaml, "the snapshot's policies", out _) is { } set ? new(set, yaml, verdicts) : null;

    /// <summary>The same file with other verdicts.</summary>
    public PoliciesInForce With(VerdictBook verdicts) => new(File, Yaml, verdicts);

    /// <summary>The policies once a verdict is heard.</summary>
    /// <param name="feedback">The verdict.</param>
    /// <param name="change">What it changes; null where it changes nothing.</param>
    public PoliciesInForce After(FeedbackEvent feedback, out VerdictChange? change)
    {
        var verdicts = Verdicts.With(feedback);
        change = verdicts == Verdicts ? null : new(feedback, Verdicts.LineOf(feedback.Key), verdicts.LineOf(feedback.Key));
        return change is null ? this : With(verdicts);
    }
}
