using LeptonStream.Series;

namespace LeptonStream.Notifier.Templates;

/// <summary>Labels or annotations: texts by their names. A name that is not there gives an empty text.</summary>
internal sealed class LabelMap(IEnumerable<KeyValuePair<string, string>> labels)
    : TemplateMap(labels.Select(label => KeyValuePair.Create(label.Key, (object?)label.Value)))
{
    private static readonly string[] First = ["alertname"];

    public override object Missing => "";

    /// <summary>The labels of a set.</summary>
    public static LabelMap Of(LabelSet labels) => new(labels);

    public override bool TryGet(string name, out object? member)
    {
        member = name switch
        {
            "SortedPairs" => new TemplateMethod(_ => Pairs()),
            "Names" => new TemplateMethod(_ => Column(pair => pair.Key)),
            "Values" => new TemplateMethod(_ => Column(pair => (string)pair.Value!)),
            "Remove" => new TemplateMethod(Without),
            "String" => new TemplateMethod(_ => TemplateValues.Text(this)),
            _ => null,
        };
        return member is not null || base.TryGet(name, out member);
    }

    // The name of the alert stands before all others.
    private IEnumerable<KeyValuePair<string, object?>> Sorted() => Entries.OrderBy(pair => First.Contains(pair.Key) ? 0 : 1);

    private TemplateList Column(Func<KeyValuePair<string, object?>, string> of) => new([.. Sorted().Select(of)]);

    private TemplateList Pairs() => new(
        [.. Sorted().Select(pair => new TemplateRecord(("Name", pair.Key), ("Value", pair.Value)))],
        ("Names", _ => Column(pair => pair.Key)),
        ("Values", _ => Column(pair => (string)pair.Value!)),
        ("String", _ => TemplateValues.Text(this)));

    private LabelMap Without(IReadOnlyList<object?> arguments)
    {
        if (arguments is not [TemplateList names]) throw new TemplateFault(0, "needs a list of names for .Remove");
        var gone = names.Items.OfType<string>().ToHashSet();
        return new(Entries.Where(entry => !gone.Contains(entry.Key)).Select(entry => KeyValuePair.Create(entry.Key, (string)entry.Value!)));
    }
}
