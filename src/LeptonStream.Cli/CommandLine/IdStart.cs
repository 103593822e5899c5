using LeptonStream.Output;

namespace LeptonStream.Cli.CommandLine;

/// <summary>Ids as people write them: whole, or enough of the beginning. All commands that take ids take them so.</summary>
internal static class IdStart
{
    // One letter would often name one alert by chance.
    private const int Least = 6;

    /// <summary>The one id that is, or begins with, what was written.</summary>
    /// <param name="noun">The thing that has the id: alert.</param>
    /// <param name="start">What was written.</param>
    /// <param name="ids">The ids among which it is looked for.</param>
    /// <exception cref="WrongUsageException">It is too short, none begins so, or several do.</exception>
    public static string Only(string noun, string start, IEnumerable<string> ids)
    {
        if (start.Length < Least)
            throw new WrongUsageException($"'{start}' is too short for the id of one {noun}: write {Least} characters or more");
        string[] found = [.. ids.Where(id => id.StartsWith(start, StringComparison.Ordinal))];
        return Array.Find(found, id => id == start) ?? found switch
        {
            [var only] => only,
            [] => throw new WrongUsageException($"no {noun} has an id that begins with '{start}'"),
            _ => throw new WrongUsageException(
                $"several {noun}s have ids that begin with '{start}': {string.Join(", ", found.Take(5))}"
                    + (found.Length > 5 ? ", …" : "")),
        };
    }

    /// <summary>How many characters of these ids tell them apart; <see cref="ShortId.Shown"/> at least.</summary>
    public static int LengthThatDiffers(IReadOnlyCollection<string> ids)
    {
        string[] sorted = [.. ids.Distinct().Order(StringComparer.Ordinal)];
        return sorted.Zip(sorted.Skip(1), (one, next) => one.AsSpan().CommonPrefixLength(next) + 1).Append(ShortId.Shown).Max();
    }
}
