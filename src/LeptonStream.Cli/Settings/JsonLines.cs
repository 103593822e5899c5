using System.Text;
using System.Text.Json;

namespace LeptonStream.Cli.Settings;

/// <summary>The line of a settings file on which each setting stands; the configuration system does not keep it.</summary>
internal static class JsonLines
{
    /// <summary>Lines by setting, such as <c>Kafka:TopicPrefix</c>. Of a file that is no JSON, as far as it is some.</summary>
    public static IReadOnlyDictionary<string, int> Of(byte[] json)
    {
        var lines = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var (path, counts) = (new List<string>(), new Stack<int>());
        var reader = new Utf8JsonReader(
            json.AsSpan(json.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0),
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var (seen, line) = (0, 1);
        try
        {
            while (reader.Read())
            {
                var at = (int)reader.TokenStartIndex;
                line += json.AsSpan(seen, at - seen).Count((byte)'\n');
                seen = at;
                Follow(ref reader, path, counts, lines, line);
            }
        }
        catch (JsonException)
        {
            // The configuration system says what is wrong with it.
        }

        return lines;
    }

    private static void Follow(ref Utf8JsonReader reader, List<string> path, Stack<int> counts, Dictionary<string, int> lines, int line)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                path.Add(reader.GetString()!);
                lines.TryAdd(string.Join(':', path), line);
                return;
            case JsonTokenType.StartArray or JsonTokenType.StartObject:
                Enter(path, counts, lines, line);
                counts.Push(reader.TokenType == JsonTokenType.StartArray ? 0 : -1);
                return;
            case JsonTokenType.EndArray or JsonTokenType.EndObject:
                counts.Pop();
                break;
            default:
                Enter(path, counts, lines, line);
                break;
        }

        if (path.Count > 0) path.RemoveAt(path.Count - 1);
    }

    // An entry of a list is named by its number.
    private static void Enter(List<string> path, Stack<int> counts, Dictionary<string, int> lines, int line)
    {
        if (!counts.TryPeek(out var number) || number < 0) return;
        counts.Pop();
        counts.Push(number + 1);
        path.Add(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        lines.TryAdd(string.Join(':', path), line);
    }
}
