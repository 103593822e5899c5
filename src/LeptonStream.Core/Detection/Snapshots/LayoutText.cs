using System.Globalization;
using System.Text;
using LeptonStream.Detectors;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>
/// A <see cref="LayoutDescription"/> as text: a line for each number and list, then each struct with its bytes, followed by a line for each
/// of its fields: offset, type, path. It comes from a topic: nothing in it is trusted, and no level of it is nested.
/// </summary>
internal static class LayoutText
{
    /// <summary>Characters of a description, at most; those of this version are a tenth of it.</summary>
    public const int MaxLength = 256 * 1024;

    // As many detectors as a set has bits; more structs and longer names than there will ever be.
    private const int MaxNames = 64;
    private const int MaxStructs = 256;
    private const int MaxName = 200;

    public static string Write(LayoutDescription layout)
    {
        var text = new StringBuilder();
        Line($"version {layout.Version}");
        Line($"lengths {layout.Lengths.Window} {layout.Lengths.SlowWindow} {layout.Lengths.ChartPoints} {layout.Lengths.LeanChartPoints}");
        Line($"detectors {string.Join(' ', layout.Detectors)}");
        Line($"rules {string.Join(' ', layout.Rules)}");
        Line($"lean {string.Join(' ', layout.Lean)}");
        foreach (var (name, kind, shape) in layout.States) Struct($"state {name} {kind}", shape);
        foreach (var (name, shape) in layout.Structs) Struct($"struct {name}", shape);
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        void Struct(string head, StructShape shape)
        {
            Line($"{head} {shape.Bytes}");
            foreach (var (offset, type, path) in shape.Fields) Line($"{offset} {type} {path}");
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The text describes no layout.</exception>
    public static LayoutDescription Read(string text)
    {
        if (text.Length > MaxLength) throw Wrong($"has {text.Length} characters, at most {MaxLength} are possible");
        var lines = new Queue<string[]>(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')));
        var version = Number(Next(lines, "version", 1)[1], int.MaxValue);
        var lengths = Next(lines, "lengths", 4);
        var description = new LayoutDescription
        {
            Version = version,
            Lengths = new(Length(lengths[1]), Length(lengths[2]), Length(lengths[3]), Length(lengths[4])),
            Detectors = Names(lines, "detectors"),
            Rules = Names(lines, "rules"),
            Lean = Names(lines, "lean"),
            States = States(lines),
            Structs = Structs(lines),
        };
        return lines.Count == 0 ? description : throw Wrong("goes on behind its end");
    }

    private static List<DetectorShape> States(Queue<string[]> lines)
    {
        var states = new List<DetectorShape>();
        while (lines.TryPeek(out var line) && line[0] == "state")
        {
            var head = Next(lines, "state", 3);
            if (!Enum.TryParse<DetectorKind>(head[2], out var kind) || !Enum.IsDefined(kind))
                throw Wrong("has a detector of no known kind");
            states.Add(new(Name(head[1]), kind, Shape(lines, head[3])));
        }

        if (states.Count > MaxNames || states.DistinctBy(state => state.Name).Count() < states.Count)
            throw Wrong("has the state of a detector twice");
        return states;
    }

    private static Dictionary<string, StructShape> Structs(Queue<string[]> lines)
    {
        var structs = new Dictionary<string, StructShape>();
        while (lines.Count > 0)
        {
            var head = Next(lines, "struct", 2);
            if (structs.Count == MaxStructs || !structs.TryAdd(Name(head[1]), Shape(lines, head[2]))) throw Wrong("has a struct twice");
        }

        return structs;
    }

    private static StructShape Shape(Queue<string[]> lines, string size)
    {
        var bytes = Number(size, StructShape.MaxBytes);
        var fields = new List<StructField>();
        var paths = new HashSet<string>();
        while (lines.TryPeek(out var line) && line[0] is [>= '0' and <= '9', ..])
        {
            lines.Dequeue();
            if (line.Length != 3) throw Wrong("has a field that is none");
            var field = new StructField(Number(line[0], bytes), line[1], Name(line[2]));
            if (field.Bytes < 0 || field.Bytes > bytes - field.Offset) throw Wrong($"has a field {field.Path} that does not fit");
            if (!paths.Add(field.Path)) throw Wrong($"has a field {field.Path} twice");
            fields.Add(field);
        }

        return new(bytes, fields);
    }

    private static string[] Names(Queue<string[]> lines, string word)
    {
        string[] names = [.. Next(lines, word, null)[1..].Select(Name)];
        return names.Length <= MaxNames && names.Distinct().Count() == names.Length ? names : throw Wrong($"has {word} twice or too many");
    }

    private static string[] Next(Queue<string[]> lines, string word, int? parts) =>
        lines.TryDequeue(out var line) && line[0] == word && (parts is null || line.Length == parts + 1)
            ? line
            : throw Wrong($"lacks a line '{word}'");

    // Names are shown in the log.
    private static string Name(string name) =>
        name.Length is > 0 and <= MaxName && name.All(IsOfName) ? name : throw Wrong("has a name that can't be");

    private static bool IsOfName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-' or '[' or ']';

    private static int Length(string digits) => Number(digits, ushort.MaxValue);

    private static int Number(string digits, int most) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw Wrong("has a number that can't be");

    private static SnapshotCorruptException Wrong(string fault) => new($"the description of its layout {fault}");
}
