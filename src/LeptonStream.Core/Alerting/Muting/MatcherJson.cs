using System.Text.Encodings.Web;
using System.Text.Json;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Muting;

/// <summary>
/// The JSON form of a silence's matchers, in Alertmanager's API and in the store: an array of objects with <c>name</c>, <c>value</c>,
/// <c>isRegex</c> and <c>isEqual</c>.
/// </summary>
public static class MatcherJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes matchers.</summary>
    public static string Write(IEnumerable<Matcher> matchers) => JsonSerializer.Serialize(
        matchers.Select(matcher => new Item(
            matcher.Name,
            matcher.Value,
            matcher.Operator is MatchOperator.Matches or MatchOperator.NotMatches,
            matcher.Operator is MatchOperator.Equal or MatchOperator.Matches)),
        Options);

    /// <summary>Reads matchers; <c>isEqual</c> may be left out and is true then.</summary>
    /// <exception cref="JsonException">It is not such an array.</exception>
    /// <exception cref="ArgumentException">A value is no valid regular expression.</exception>
    public static IReadOnlyList<Matcher> Read(string json) =>
        [.. (JsonSerializer.Deserialize<Item[]>(json, Options) ?? throw new JsonException("the matchers are null")).Select(Of)];

    /// <summary>Makes a matcher of the parts that the API has.</summary>
    /// <param name="name">The label's name.</param>
    /// <param name="value">The text or the regular expression to compare with.</param>
    /// <param name="isRegex">Whether it is a regular expression.</param>
    /// <param name="isEqual">Whether it must match; false turns the matcher round.</param>
    /// <exception cref="ArgumentException">The value is no valid regular expression.</exception>
    public static Matcher Of(string name, string value, bool isRegex, bool isEqual) => Matcher.Of(name, (isRegex, isEqual) switch
    {
        (false, true) => MatchOperator.Equal,
        (false, false) => MatchOperator.NotEqual,
        (true, true) => MatchOperator.Matches,
        (true, false) => MatchOperator.NotMatches,
    }, value);

    private static Matcher Of(Item? item) => item is { Name: { Length: > 0 } name, Value: { } value }
        ? Of(name, value, item.IsRegex, item.IsEqual ?? true)
        : throw new JsonException("a matcher has no name or no value");

    private sealed record Item(string? Name, string? Value, bool IsRegex, bool? IsEqual);
}
