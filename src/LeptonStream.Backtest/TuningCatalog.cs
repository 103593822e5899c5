using System.Globalization;
using System.Reflection;

namespace LeptonStream.Backtest;

/// <summary>
/// The tuned constants of the detection pipeline, for engineers who measure a change: every record named <c>…Tuning</c> with a static
/// property <c>Default</c>, whose members are set by <c>Record.Member=value</c> (the record without its ending).
/// </summary>
/// <remarks>
/// The members are init-only and nothing in the product sets them a second time. A backtest does it, once, before the first pipeline is
/// made: it is a process of its own, and a sweep compares processes.
/// </remarks>
internal sealed class TuningCatalog
{
    private const string Ending = "Tuning";
    private const int Suggested = 3;

    private readonly SortedDictionary<string, (object Owner, PropertyInfo Member)> _members = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="assembly">The assembly of the records.</param>
    public TuningCatalog(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes().Where(t => t.Name.EndsWith(Ending, StringComparison.Ordinal)))
        {
            if (type.GetProperty("Default", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) is not { } owner
                || owner.GetType() != type) continue;
            foreach (var member in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
                _members[$"{type.Name[..^Ending.Length]}.{member.Name}"] = (owner, member);
        }
    }

    /// <summary>Every name that can be set.</summary>
    public IReadOnlyCollection<string> Names => _members.Keys;

    /// <summary>The present value of a constant.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public (PropertyInfo Member, object Value) this[string name]
    {
        get
        {
            var (owner, member) = _members[name];
            return (member, member.GetValue(owner)!);
        }
    }

    /// <summary>Sets one constant; returns what is wrong, in one sentence, or null.</summary>
    /// <param name="assignment"><c>Name=value</c>.</param>
    public string? Set(string assignment)
    {
        var split = assignment.IndexOf('=', StringComparison.Ordinal);
        if (split < 0) return $"--set {assignment}: write Name=value";
        var (name, text) = (assignment[..split].Trim(), assignment[(split + 1)..].Trim());
        if (!_members.TryGetValue(name, out var found)) return $"--set {name}: there is no such constant{Near(name)}";
        if (Read(found.Member.PropertyType, text) is not { } value)
            return $"--set {name}: '{text}' must be {Allowed(found.Member.PropertyType)}";
        found.Member.SetValue(found.Owner, value);
        return null;
    }

    private string Near(string name)
    {
        string[] near = [.. Names.OrderBy(known => Distance(known.ToUpperInvariant(), name.ToUpperInvariant())).Take(Suggested)];
        return near.Length == 0 ? "; this program has none that can be set" : $"; the nearest are {string.Join(", ", near)}";
    }

    private static object? Read(Type type, string text)
    {
        try
        {
            return type == typeof(TimeSpan)
                ? TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null
                : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or InvalidCastException)
        {
            return null;
        }
    }

    private static string Allowed(Type type) =>
        type == typeof(TimeSpan) ? "a time such as 00:05:00" : type == typeof(bool) ? "true or false"
        : type == typeof(double) || type == typeof(float) ? "a number" : "a whole number";

    // Levenshtein's.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }

        return row[^1];
    }
}
