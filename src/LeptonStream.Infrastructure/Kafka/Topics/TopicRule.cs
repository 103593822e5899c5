using System.Globalization;

namespace LeptonStream.Kafka.Topics;

/// <summary>The values that a setting of a topic may have, and why.</summary>
public sealed record TopicRule
{
    private readonly Func<string, bool> _accepts;

    private TopicRule(string setting, string allowed, string reason, Func<string, bool> accepts)
    {
        Setting = setting;
        Allowed = allowed;
        Reason = reason;
        _accepts = accepts;
    }

    public string Setting { get; }

    /// <summary>The allowed values, for people.</summary>
    public string Allowed { get; }

    public string Reason { get; }

    public static TopicRule Is(string setting, string value, string reason) => new(setting, value, reason, actual => actual == value);

    /// <summary>A time in milliseconds; -1 means without end.</summary>
    public static TopicRule AtLeast(string setting, TimeSpan least, string reason) =>
        new(setting, $"{least.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)} or more "
            + $"({least.TotalHours.ToString(CultureInfo.InvariantCulture)} h)", reason,
            actual => long.TryParse(actual, CultureInfo.InvariantCulture, out var milliseconds)
                && (milliseconds == -1 || milliseconds >= least.TotalMilliseconds));

    public bool Accepts(string actual) => _accepts(actual);
}
