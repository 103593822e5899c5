using YamlDotNet.RepresentationModel;

namespace LeptonStream.Yaml;

/// <summary>A part of a settings file, without its comments.</summary>
public static class YamlExcerpt
{
    /// <summary>Writes the fields of a file that are named, and nothing else.</summary>
    /// <param name="yaml">A file whose root is a mapping.</param>
    /// <param name="fields">The fields of the root that stay.</param>
    /// <param name="without">Fields that go, however deep they stand.</param>
    /// <param name="reduced">A field of the root that is a list of mappings, and the fields of these that stay.</param>
    public static string Of(string yaml, string[] fields, string[] without, (string List, string[] Fields) reduced)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        if (stream.Documents is not [{ RootNode: YamlMappingNode root }]) return "";
        Keep(root, fields.Contains);
        foreach (var node in root.AllNodes.OfType<YamlMappingNode>().ToArray()) Keep(node, name => !without.Contains(name));
        if (root.Children.TryGetValue(new YamlScalarNode(reduced.List), out var list))
            foreach (var item in (list as YamlSequenceNode)?.Children.OfType<YamlMappingNode>() ?? []) Keep(item, reduced.Fields.Contains);

        using var text = new StringWriter();
        stream.Save(text, assignAnchors: false);
        return text.ToString().Replace("...\n", "", StringComparison.Ordinal);
    }

    private static void Keep(YamlMappingNode node, Func<string, bool> stays)
    {
        foreach (var key in node.Children.Keys.Where(key => !stays((key as YamlScalarNode)?.Value ?? "")).ToArray())
            node.Children.Remove(key);
    }
}
