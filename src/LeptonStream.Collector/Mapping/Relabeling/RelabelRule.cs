using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using LeptonStream.Series;

namespace LeptonStream.Collector.Mapping.Relabeling;

/// <summary>One step of relabeling, with the fields, the defaults and the meaning that Prometheus gives it.</summary>
public sealed class RelabelRule
{
    /// <summary>The regular expression where none is given: all of the text.</summary>
    public const string AnyText = "(.*)";

    private readonly Regex _regex;

    /// <summary>Makes a rule.</summary>
    /// <param name="regex">The regular expression; it must match the whole text.</param>
    /// <exception cref="ArgumentException">The regular expression is none, or needs look-around or back-references.</exception>
    public RelabelRule(string regex = AnyText)
    {
        try
        {
            // RE2 writes named groups with a P.
            _regex = new Regex($@"\A(?:{PosixClasses.Expand(regex).Replace("(?P<", "(?<", StringComparison.Ordinal)})\z",
                RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            throw new ArgumentException("look-around, back-references and atomic groups are not supported, as in Prometheus");
        }
    }

    /// <summary>The action.</summary>
    public RelabelAction Action { get; init; }

    /// <summary>The labels whose values are joined to one text.</summary>
    public IReadOnlyList<string> SourceLabels { get; init; } = [];

    /// <summary>Stands between the joined values.</summary>
    public string Separator { get; init; } = ";";

    /// <summary>The label that is set; <c>$1</c> stands for a group where the action is <see cref="RelabelAction.Replace"/>.</summary>
    public string TargetLabel { get; init; } = "";

    /// <summary>The new value: <c>$1</c> and <c>${name}</c> stand for groups, <c>$$</c> for a dollar sign.</summary>
    public string Replacement { get; init; } = "$1";

    /// <summary>The number of shares of <see cref="RelabelAction.HashMod"/>.</summary>
    public ulong Modulus { get; init; }

    /// <summary>Applies the rule.</summary>
    /// <returns>False where the series is dropped.</returns>
    public bool Apply(LabelBag labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var value = string.Join(Separator, SourceLabels.Select(name => labels[name]));
        switch (Action)
        {
            case RelabelAction.Drop: return !Matches(value);
            case RelabelAction.Keep: return Matches(value);
            case RelabelAction.DropEqual: return labels[TargetLabel] != value;
            case RelabelAction.KeepEqual: return labels[TargetLabel] == value;
            case RelabelAction.Replace: Replace(labels, value); break;
            case RelabelAction.Lowercase: labels[TargetLabel] = Lower(value); break;
            case RelabelAction.Uppercase: labels[TargetLabel] = value.ToUpperInvariant(); break;
            case RelabelAction.HashMod: labels[TargetLabel] = Share(value).ToString(CultureInfo.InvariantCulture); break;
            case RelabelAction.LabelMap: MapNames(labels); break;
            case RelabelAction.LabelDrop: labels.RemoveWhere(Matches); break;
            case RelabelAction.LabelKeep: labels.RemoveWhere(name => !Matches(name)); break;
            default: throw new InvalidOperationException($"{Action} is no action");
        }

        return true;
    }

    private bool Matches(string text) => _regex.IsMatch(text);

    private Match Match(string text) => _regex.Match(text);

    private void Replace(LabelBag labels, string value)
    {
        if (Match(value) is not { Success: true } match) return;
        var target = Expand(match, TargetLabel);
        if (target.Length > 0) labels[target] = Expand(match, Replacement);
    }

    private void MapNames(LabelBag labels)
    {
        foreach (var (name, value) in labels.Pairs.ToArray())
            if (Match(name) is { Success: true } match && Expand(match, Replacement) is { Length: > 0 } renamed) labels[renamed] = value;
    }

    // As Go expands templates: the longest name of letters, digits and underscores; a group that is not there is empty.
    private static string Expand(Match match, string template)
    {
        if (!template.Contains('$', StringComparison.Ordinal)) return template;
        var text = new StringBuilder();
        for (var at = 0; at < template.Length; at++)
        {
            if (template[at] != '$')
            {
                text.Append(template[at]);
                continue;
            }

            var (name, length) = GroupName(template.AsSpan(at + 1));
            if (name is { } group) text.Append(match.Groups[group].Value);
            else text.Append('$');
            at += length;
        }

        return text.ToString();
    }

    private static (string? Name, int Length) GroupName(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith("$")) return (null, 1);
        if (rest.StartsWith("{"))
        {
            var end = rest.IndexOf('}');
            return end > 1 && !rest[1..end].ContainsAnyExcept(GroupCharacters) ? (rest[1..end].ToString(), end + 1) : (null, 0);
        }

        var length = rest.IndexOfAnyExcept(GroupCharacters);
        if (length < 0) length = rest.Length;
        return length == 0 ? (null, 0) : (rest[..length].ToString(), length);
    }

    private static readonly System.Buffers.SearchValues<char> GroupCharacters =
        System.Buffers.SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    [SuppressMessage("Security", "CA5351", Justification = "Prometheus shares series out by MD5; it keeps no secret here.")]
    private ulong Share(string value) =>
        BinaryPrimitives.ReadUInt64BigEndian(MD5.HashData(Encoding.UTF8.GetBytes(value)).AsSpan(8)) % Modulus;

    [SuppressMessage("Globalization", "CA1308", Justification = "Lower case is what the rule asks for.")]
    private static string Lower(string value) => value.ToLowerInvariant();
}
