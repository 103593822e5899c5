using LeptonStream.Detection.Policies;
using LeptonStream.Policies;

namespace LeptonStream.Detector.Policies;

/// <summary>Policies with the text that they were read from, so that another owner of a partition can judge by the same.</summary>
/// <param name="Set">The policies.</param>
/// <param name="Yaml">The file's text; null for the built-in policies.</param>
internal sealed record PoliciesInForce(PolicySet Set, string? Yaml)
{
    /// <summary>The built-in policies.</summary>
    public static PoliciesInForce Default { get; } = new(PolicySet.Default, null);

    /// <summary>Reads a text that was in force once.</summary>
    /// <returns>The policies, or null where this program does not take the text.</returns>
    public static PoliciesInForce? Of(string? yaml) =>
        yaml is null ? Default : PolicyFile.Parse(yaml, "the snapshot's policies", out _) is { } set ? new(set, yaml) : null;
}
