using LeptonStream.Yaml;

namespace LeptonStream.Collector.Topics;

/// <summary>A topic to read payloads from.</summary>
/// <param name="Name">Its name, which is also the name of the source.</param>
/// <param name="Format">The format of its records; null where headers or the look of each record say it.</param>
/// <param name="FromEnd">Whether to begin at its end where the group has no offsets; otherwise at its beginning.</param>
public sealed record SourceTopic(string Name, string? Format, bool FromEnd)
{
    /// <summary>Reads <c>topics</c> of collector.yaml.</summary>
    internal static IReadOnlyList<SourceTopic> Read(YamlSection root, IReadOnlyList<string> formats)
    {
        var topics = new List<SourceTopic>();
        foreach (var section in root.Sections("topics"))
        {
            var name = section.RequiredText("name");
            if (topics.Exists(known => known.Name == name)) section.Wrong("name", $"'{name}' stands here twice");
            topics.Add(new(name, section.OneOf("format", formats), section.OneOf("start", "earliest", "latest") == "latest"));
            section.End();
        }

        return topics;
    }
}
