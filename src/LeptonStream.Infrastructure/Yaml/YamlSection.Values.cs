using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace LeptonStream.Yaml;

/// <content>The single values of a section.</content>
public sealed partial class YamlSection
{
    /// <summary>Whether the field is there and has a value.</summary>
    public bool Has(string field) => Child(field) is not null;

    /// <summary>A text that may be absent.</summary>
    public string? Text(string field)
    {
        if (Child(field) is not { } node) return null;
        if (node is YamlScalarNode scalar) return scalar.Value ?? "";
        Wrong(node, field, "must be a text");
        return null;
    }

    /// <summary>A text that must be there; empty (and an error) where it is not.</summary>
    public string RequiredText(string field)
    {
        var text = Text(field);
        if (string.IsNullOrEmpty(text)) Wrong(_node, field, "is missing");
        return text ?? "";
    }

    /// <summary>A time zone by its IANA name; UTC where it is absent (and an error where there is none of that name).</summary>
    public TimeZoneInfo TimeZone(string field)
    {
        if (Text(field) is not { Length: > 0 } name) return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        Wrong(field, $"is '{name}', which is no time zone that this machine knows: write one such as Europe/Berlin");
        return TimeZoneInfo.Utc;
    }

    public bool Flag(string field, bool otherwise) => Flag(field) ?? otherwise;

    /// <summary>True or false, or null where it is absent (or wrong, with an error).</summary>
    public bool? Flag(string field)
    {
        if (Child(field) is not { } node) return null;
        if (node is YamlScalarNode { Value: "true" or "false" } scalar) return scalar.Value == "true";
        Wrong(node, field, "must be true or false");
        return null;
    }

    public int Count(string field)
    {
        if (Child(field) is not { } node) return 0;
        if (node is YamlScalarNode scalar && int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        Wrong(node, field, "must be a whole number, 0 or more");
        return 0;
    }

    /// <summary>A number between two bounds, or null where it is absent (or wrong, with an error).</summary>
    public double? Number(string field, double least, double most)
    {
        if (Child(field) is not { } node) return null;
        if (node is YamlScalarNode scalar && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture,
            out var number) && number >= least && number <= most) return number;
        Wrong(node, field, $"{Quote(node)}must be {Range(least, most)}");
        return null;
    }

    /// <summary>A whole number between two bounds, or null where it is absent (or wrong, with an error).</summary>
    public int? WholeNumber(string field, int least, int most)
    {
        if (Child(field) is not { } node) return null;
        if (node is YamlScalarNode scalar && int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture,
            out var number) && number >= least && number <= most) return number;
        Wrong(node, field, $"{Quote(node)}must be a whole number from {least} to {most}");
        return null;
    }

    /// <summary>One of some words, or null where it is absent (or wrong, with an error).</summary>
    public string? OneOf(string field, params IReadOnlyList<string> words)
    {
        if (Child(field) is not { } node) return null;
        if (node is YamlScalarNode { Value: { } word } && words.Contains(word)) return word;
        Wrong(node, field, $"{Quote(node)}must be {string.Join(", ", words.Take(words.Count - 1))} or {words[^1]}");
        return null;
    }

    /// <summary>A duration between two bounds, or null where it is absent (or wrong, with an error).</summary>
    /// <param name="field">The field.</param>
    /// <param name="least">The shortest, as people write it.</param>
    /// <param name="most">The longest, as people write it.</param>
    public TimeSpan? Duration(string field, string least, string most)
    {
        if (Duration(field) is not { } duration) return null;
        if (duration >= DurationText.Parse(least) && duration <= DurationText.Parse(most)) return duration;
        Wrong(field, $"{Quote(Find(field)!)}must be from {least} to {most}");
        return null;
    }

    public TimeSpan? Duration(string field)
    {
        if (Child(field) is not { } node) return null;
        if (node is YamlScalarNode scalar && DurationText.TryParse(scalar.Value ?? "", out var duration)) return duration;
        Wrong(node, field, $"is no duration: {DurationText.Form}");
        return null;
    }

    private static string Quote(YamlNode node) => node is YamlScalarNode scalar ? $"is '{scalar.Value}': it " : "";

    private static string Range(double least, double most) => most < double.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"a number from {least:R} to {most:R}")
        : least > -double.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"a finite number, {least:R} or more") : "a finite number";
}
