using System.IO.Enumeration;

namespace LeptonStream.Collector.Mapping;

/// <summary>The labels that stay, by names in which <c>*</c> stands for any text.</summary>
/// <param name="Keep">Labels that stay; all where there is none.</param>
/// <param name="Drop">Labels that go, of those that would stay.</param>
public sealed record LabelFilter(IReadOnlyList<string> Keep, IReadOnlyList<string> Drop)
{
    /// <summary>
    /// All but those that say which library or process measured: they change with every start, and a label must stay the same for hours.
    /// </summary>
    public static readonly LabelFilter Default = new([],
    [
        "otel.scope.*", "otel_scope_*", "telemetry.sdk.*", "telemetry_sdk_*", "telemetry.distro.*", "process.pid", "process.parent_pid",
        "process.command*", "process.executable.*", "process.runtime.*", "process.owner", "host.ip", "host.mac", "os.*",
    ]);

    /// <summary>Whether a label stays.</summary>
    public bool Stays(string name) => (Keep.Count == 0 || Any(Keep, name)) && !Any(Drop, name);

    /// <summary>Whether a name fits a pattern.</summary>
    public static bool Fits(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private static bool Any(IReadOnlyList<string> patterns, string name)
    {
        foreach (var pattern in patterns)
            if (Fits(pattern, name)) return true;
        return false;
    }
}
