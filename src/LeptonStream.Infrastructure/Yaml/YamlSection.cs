using LeptonStream.Alerting;
using LeptonStream.Series;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LeptonStream.Yaml;

/// <summary>
/// One mapping of a settings file in YAML, read strictly: a field that no reader asked for is an error, and every error says its line.
/// Errors are gathered, so that a person sees all of them at once.
/// </summary>
public sealed partial class YamlSection
{
    private readonly YamlMappingNode _node;
    private readonly string _path;
    private readonly YamlErrors _errors;
    private readonly HashSet<string> _known = [];

    private YamlSection(YamlMappingNode node, string path, YamlErrors errors)
    {
        _node = node;
        _path = path;
        _errors = errors;
    }

    /// <summary>The line on which the mapping begins.</summary>
    public int Line => (int)_node.Start.Line;

    /// <summary>Reads a document whose root is a mapping; null (and an error) where it is not.</summary>
    /// <param name="yaml">The text of the file.</param>
    /// <param name="fields">The fields of the root, for people: <c>'route' and 'receivers'</c>.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static YamlSection? Parse(string yaml, string fields, YamlErrors errors)
    {
        if (yaml.Length > YamlText.MaxBytes)
        {
            errors.Add(1, $"the text has {yaml.Length} characters, {YamlText.MaxBytes} are allowed");
            return null;
        }

        var parser = new Parser(new StringReader(yaml));
        try
        {
            YamlBounds.Check(parser);
            parser = new Parser(new StringReader(yaml));
            var stream = new YamlStream();
            stream.Load(parser);
            if (stream.Documents is [{ RootNode: YamlMappingNode root }]) return new YamlSection(root, "", errors);
            errors.Add(1, $"a mapping with the fields {fields} must stand here, and one document only");
        }
        catch (YamlException wrong)
        {
            var line = (int)wrong.Start.Line;
            // The scanner names the line before it.
            if (TabAt(yaml, line) is { } tab) errors.Add(tab, "a tab stands in the indentation, where YAML wants spaces");
            else errors.Add(line, wrong.Message);
        }
        catch (InvalidOperationException)
        {
            // The scanner's own answer to a list or mapping that is never closed.
            errors.Add((int)(parser.Current?.End.Line ?? 1), "this is not YAML: what begins here does not end");
        }

        return null;
    }

    private static int? TabAt(string yaml, int line)
    {
        var lines = yaml.Split('\n');
        for (var at = Math.Max(1, line); at <= Math.Min(line + 1, lines.Length); at++)
        {
            var text = lines[at - 1];
            if (text[..^text.TrimStart().Length].Contains('\t', StringComparison.Ordinal)) return at;
        }

        return null;
    }

    /// <summary>A list of texts; null where it is absent. A single text is no list, as in Alertmanager.</summary>
    public IReadOnlyList<(string Text, int Line)>? Texts(string field)
    {
        if (Child(field) is not { } node) return null;
        if (node is YamlSequenceNode list && list.All(item => item is YamlScalarNode))
            return [.. list.Cast<YamlScalarNode>().Select(item => (item.Value ?? "", (int)item.Start.Line))];
        Wrong(node, field, "must be a list of texts");
        return null;
    }

    /// <summary>A list of matchers in Alertmanager's notation; empty where it is absent.</summary>
    public List<Matcher> Matchers(string field)
    {
        var matchers = new List<Matcher>();
        foreach (var (text, line) in Texts(field) ?? [])
        {
            // One text may hold several, in braces or not: {a="b", c=~"d"}.
            if (MatcherList.TryRead(text, out var read, out var error)) matchers.AddRange(read);
            else Wrong(line, field, $"has a wrong entry: {error}");
        }

        return matchers;
    }

    /// <summary>A mapping of texts; empty where it is absent.</summary>
    /// <param name="field">The field.</param>
    /// <param name="noneIsAnError">Whether a name without a value is an error; else it is empty.</param>
    public IReadOnlyList<(string Name, string Value, int Line)> Pairs(string field, bool noneIsAnError = false)
    {
        if (Child(field) is not { } node) return [];
        if (node is YamlMappingNode map && map.All(pair => pair.Key is YamlScalarNode && pair.Value is YamlScalarNode))
        {
            foreach (var (key, _) in map.Where(pair => noneIsAnError && IsNone(pair.Value))) Wrong(key, $"{field}.{key}", "has no value");
            return [.. map.Select(pair => (((YamlScalarNode)pair.Key).Value ?? "", ((YamlScalarNode)pair.Value).Value
                ?? "", (int)pair.Key.Start.Line))];
        }

        Wrong(node, field, "must be a mapping of texts");
        return [];
    }

    /// <summary>A mapping that must be there; null (and an error) where it is not.</summary>
    public YamlSection? Section(string field)
    {
        if (Child(field) is null) Wrong(_node, field, "is missing");
        return OptionalSection(field);
    }

    /// <summary>A mapping, or null where it is absent (or none, with an error).</summary>
    public YamlSection? OptionalSection(string field)
    {
        if (Child(field) is not { } node) return null;
        if (node is YamlMappingNode map) return new YamlSection(map, Below(field), _errors);
        Wrong(node, field, "must be a mapping");
        return null;
    }

    /// <summary>A list of mappings; empty where it is absent.</summary>
    public IReadOnlyList<YamlSection> Sections(string field)
    {
        if (Child(field) is not { } node) return [];
        if (node is YamlSequenceNode list && list.All(item => item is YamlMappingNode))
            return [.. list.Cast<YamlMappingNode>().Select((item, index) => new YamlSection(item, $"{Below(field)}[{index}]", _errors))];
        Wrong(node, field, "must be a list of mappings");
        return [];
    }

    /// <summary>Reports an error in a field of this section.</summary>
    public void Wrong(string field, string what) => Wrong(Find(field) ?? _node, field, what);

    /// <summary>Says something of a field that is sound and yet may not be meant.</summary>
    public void Note(string field, string note) => _errors.Note((int)(Find(field) ?? _node).Start.Line, $"{Below(field)} {note}");

    public void Wrong(int line, string field, string what) => _errors.Add(line, $"{Below(field)} {what}");

    /// <summary>Names of the fields that no reader has asked for so far, in the order of the file.</summary>
    public IReadOnlyList<string> Unread =>
        [.. _node.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "").Where(name => !_known.Contains(name))];

    /// <summary>Takes a field as known, without reading it.</summary>
    public void Pass(string field) => _known.Add(field);

    /// <summary>Reports every field that no reader asked for. Call it when the section is read.</summary>
    public void End()
    {
        foreach (var key in _node.Children.Keys)
        {
            var name = key is YamlScalarNode scalar ? scalar.Value ?? "" : key.ToString();
            if (!_known.Contains(name))
                Wrong(key, name, $"is unknown; known here are: {string.Join(", ", _known.Order(StringComparer.Ordinal))}"
                    + NearestName.Hint(name, _known));
        }
    }

    // A field without a value ("continue:") counts as absent.
    private YamlNode? Child(string field)
    {
        _known.Add(field);
        return Find(field) is { } node && !IsNone(node) ? node : null;
    }

    private static bool IsNone(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" };

    private YamlNode? Find(string field) => _node.Children.TryGetValue(new YamlScalarNode(field), out var node) ? node : null;

    private void Wrong(YamlNode at, string field, string what) => Wrong((int)at.Start.Line, field, what);

    private string Below(string field) => _path.Length == 0 ? field : field.Length == 0 ? _path : $"{_path}.{field}";
}
