using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace LeptonStream.Notifier.Templates;

/// <summary>A method of a value.</summary>
internal delegate object? TemplateMethod(IReadOnlyList<object?> arguments);

/// <summary>A text that is written as it stands, since the template's author vouches for it.</summary>
internal sealed record VouchedText(string Text);

/// <summary>A value with fields and methods.</summary>
internal interface ITemplateMembers
{
    /// <summary>The field, or the method, of a name.</summary>
    /// <returns>False where there is none.</returns>
    bool TryGet(string name, out object? member);
}

/// <summary>A value with fields that have names, in their order.</summary>
internal sealed class TemplateRecord(params IReadOnlyList<(string Name, object? Value)> members) : ITemplateMembers
{
    /// <summary>The fields, without the methods.</summary>
    public IEnumerable<(string Name, object? Value)> Fields => members.Where(member => member.Value is not TemplateMethod);

    public bool TryGet(string name, out object? member)
    {
        foreach (var (own, value) in members)
        {
            if (own != name) continue;
            member = value;
            return true;
        }

        member = null;
        return false;
    }
}

/// <summary>Values by their names, in the order of the names.</summary>
internal abstract class TemplateMap(IEnumerable<KeyValuePair<string, object?>> entries) : ITemplateMembers
{
    /// <summary>The entries.</summary>
    public SortedDictionary<string, object?> Entries { get; } = new(new Dictionary<string, object?>(entries), StringComparer.Ordinal);

    /// <summary>The value of a name that the map has not.</summary>
    public abstract object? Missing { get; }

    public virtual bool TryGet(string name, out object? member)
    {
        if (!Entries.TryGetValue(name, out member)) member = Missing;
        return true;
    }
}

/// <summary>A map that a template made.</summary>
internal sealed class TemplateDict(IEnumerable<KeyValuePair<string, object?>> entries) : TemplateMap(entries)
{
    public override object? Missing => null;
}

/// <summary>Values, one behind the other.</summary>
internal sealed class TemplateList(IReadOnlyList<object?> items, params IReadOnlyList<(string Name, TemplateMethod Method)> methods)
    : ITemplateMembers
{
    /// <summary>The values.</summary>
    public IReadOnlyList<object?> Items => items;

    public bool TryGet(string name, out object? member)
    {
        member = methods.FirstOrDefault(method => method.Name == name).Method;
        return member is not null;
    }
}

/// <summary>How Go treats values of any kind: their truth, their order, their text.</summary>
internal static class TemplateValues
{
    private const int MaxLetters = 256 * 1024;

    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool truth => truth,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        VouchedText safe => safe.Text.Length > 0,
        TimeSpan span => span != TimeSpan.Zero,
        TemplateList list => list.Items.Count > 0,
        TemplateMap map => map.Entries.Count > 0,
        _ => true,
    };

    /// <summary>The name of a value's kind, for errors.</summary>
    public static string KindOf(object? value) => value switch
    {
        null => "nothing",
        bool => "true or false",
        long => "a whole number",
        double => "a number",
        string or VouchedText => "a text",
        TimeSpan => "a duration",
        GoTime => "a time",
        TemplateList => "a list",
        TemplateMap => "a map",
        _ => "a record",
    };

    /// <summary>The text of a value, as it is written.</summary>
    /// <exception cref="TemplateFault">It is longer than anybody reads, or nested without end.</exception>
    public static string Text(object? value)
    {
        if (value is string text) return text;
        var written = new StringBuilder();
        Write(written, value);
        return written.ToString();
    }

    private static void Write(StringBuilder written, object? value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (written.Length > MaxLetters) throw new TemplateFault(0, $"writes a value of more than {MaxLetters} letters");
        switch (value)
        {
            case TemplateList list when list.TryGet("String", out var own):
                Write(written, ((TemplateMethod)own!)([]));
                break;
            case TemplateList list:
                All(written, "[", list.Items, "]", " ", item => Write(written, item));
                break;
            case LabelMap labels:
                All(written, "", labels.Entries, "", ", ", label => written.Append(label.Key).Append('=').Append(label.Value));
                break;
            case TemplateMap map:
                All(written, "map[", map.Entries, "]", " ", entry => Write(written.Append(entry.Key).Append(':'), entry.Value));
                break;
            case TemplateRecord record:
                All(written, "{", record.Fields, "}", " ", field => Write(written, field.Value));
                break;
            default:
                written.Append(Plain(value));
                break;
        }
    }

    private static void All<T>(StringBuilder written, string begin, IEnumerable<T> items, string end, string between, Action<T> write)
    {
        written.Append(begin);
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst) written.Append(between);
            isFirst = false;
            write(item);
        }

        written.Append(end);
    }

    private static string Plain(object? value) => value switch
    {
        null => "<no value>",
        bool truth => truth ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => GoNumber.Text(number),
        VouchedText vouched => vouched.Text,
        TimeSpan span => GoDuration.Text(span),
        GoTime time => time.ToString(),
        _ => value.ToString() ?? "",
    };

    /// <summary>Whether two values are the same.</summary>
    /// <returns>Null where they cannot be compared.</returns>
    public static bool? AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => left is TemplateList or TemplateMap || right is TemplateList or TemplateMap ? null : false,
        (bool a, bool b) => a == b,
        _ => Compare(left, right) is { } order ? order == 0 : left is GoTime a && right is GoTime b ? a.Equals(b) : null,
    };

    /// <summary>The order of two values of one kind; null where they have none.</summary>
    public static int? Compare(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (double a, double b) => a.CompareTo(b),
        (TimeSpan a, TimeSpan b) => a.CompareTo(b),
        // A constant takes the kind of what it is compared with.
        (TimeSpan a, long b) => a.CompareTo(TimeSpan.FromTicks(b / 100)),
        (string or VouchedText, string or VouchedText) => string.CompareOrdinal(Text(left), Text(right)),
        _ => null,
    };

    /// <summary>The length in elements, a text's in bytes; null where a value has none.</summary>
    public static int? Length(object? value) => value switch
    {
        string or VouchedText => Encoding.UTF8.GetByteCount(Text(value)),
        TemplateList list => list.Items.Count,
        TemplateMap map => map.Entries.Count,
        _ => null,
    };
}
