using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Routing;

/// <summary>
/// A routing file as others may read it (<c>/api/v2/status</c>): routes, inhibition and times in Alertmanager's words, receivers by their
/// names alone. So no secret can be in it, and Alertmanager's tools can read it.
/// </summary>
internal static class PublicRouting
{
    private static readonly string[] Shown = ["route", "inhibit_rules", "mute_time_intervals", "time_intervals", "receivers"];

    // What Alertmanager's tools refuse as unknown.
    private static readonly string[] Beyond = ["critical_wait", "escalation", "digest", "digest_critical"];

    /// <summary>The text of a file, without what is nobody's business.</summary>
    /// <param name="yaml">The file, which was read before without an error.</param>
    public static string Of(string yaml) => YamlExcerpt.Of(yaml, Shown, Beyond, ("receivers", ["name"]));

    /// <summary>The text of a routing that no file holds.</summary>
    /// <param name="receiver">The one receiver.</param>
    public static string OfDefault(string receiver) => $"route:\n  receiver: {receiver}\nreceivers:\n- name: {receiver}\n";
}
