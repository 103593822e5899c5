using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>YAML read as JSON, whose nodes are easier to ask.</summary>
internal static class Yaml
{
    private static readonly IDeserializer Reader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
    private static readonly ISerializer Json = new SerializerBuilder().JsonCompatible().Build();

    public static IReadOnlyList<JsonNode> ReadAll(string text)
    {
        var parser = new MergingParser(new Parser(new StringReader(text)));
        var documents = new List<JsonNode>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            if (Reader.Deserialize<object?>(parser) is { } document) documents.Add(JsonNode.Parse(Json.Serialize(document))!);
        }

        return documents;
    }

    public static JsonNode ReadFile(string path) => ReadAll(File.ReadAllText(path)).Single();

    /// <summary>The node under these names and positions; null where one of them is absent.</summary>
    public static JsonNode? At(this JsonNode? node, params object[] path)
    {
        foreach (var step in path)
        {
            node = (node, step) switch
            {
                (JsonObject members, string name) => members[name],
                (JsonArray items, int index) when index < items.Count => items[index],
                _ => null,
            };
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params object[] path) => node.At(path)?.ToString();

    public static int Number(this JsonNode? node, params object[] path) => int.Parse(node.Text(path)!, CultureInfo.InvariantCulture);

    public static IEnumerable<JsonNode> Items(this JsonNode? node, params object[] path) =>
        node.At(path) is JsonArray items ? items.OfType<JsonNode>() : [];

    public static IReadOnlyDictionary<string, string> Map(this JsonNode? node, params object[] path) =>
        node.At(path) is JsonObject members ? members.ToDictionary(member => member.Key, member => member.Value?.ToString() ?? "") : [];
}
