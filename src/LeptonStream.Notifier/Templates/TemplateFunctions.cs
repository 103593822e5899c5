using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeptonStream.Series;

namespace LeptonStream.Notifier.Templates;

/// <summary>The functions of Go's templates, and those that Alertmanager adds.</summary>
internal static partial class TemplateFunctions
{
    private delegate object? Function(IReadOnlyList<object?> arguments, TemplateRun run);

    private static readonly Dictionary<string, (int Least, int Most, Function Call)> All = new()
    {
        // These two are the run's own, since they look at no argument behind the one that decides.
        ["and"] = (1, int.MaxValue, (_, _) => null),
        ["or"] = (1, int.MaxValue, (_, _) => null),
        ["not"] = (1, 1, (given, _) => !TemplateValues.IsTrue(given[0])),
        ["eq"] = (2, int.MaxValue, (given, _) => given.Skip(1).Any(other => Same(given[0], other))),
        ["ne"] = (2, 2, (given, _) => !Same(given[0], given[1])),
        ["lt"] = (2, 2, (given, _) => Order(given) < 0),
        ["le"] = (2, 2, (given, _) => Order(given) <= 0),
        ["gt"] = (2, 2, (given, _) => Order(given) > 0),
        ["ge"] = (2, 2, (given, _) => Order(given) >= 0),
        ["len"] = (1, 1, (given, _) => (long)(TemplateValues.Length(given[0]) ?? throw Unfit("len", given[0]))),
        ["index"] = (1, int.MaxValue, (given, _) => given.Skip(1).Aggregate(given[0], Index)),
        ["slice"] = (1, 3, (given, _) => Slice(given)),
        ["print"] = (0, int.MaxValue, (given, _) => GoFormat.Print(given)),
        ["println"] = (0, int.MaxValue, (given, _) => string.Join(' ', given.Select(TemplateValues.Text)) + "\n"),
        ["printf"] = (1, int.MaxValue, (given, _) => GoFormat.Printf(TextAt(given, 0, "printf"), [.. given.Skip(1)])),
        ["html"] = (0, int.MaxValue, (given, _) => WebUtility.HtmlEncode(GoFormat.Print(given))),
        ["js"] = (0, int.MaxValue, (given, _) => System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(GoFormat.Print(given))),
        ["urlquery"] = (0, int.MaxValue, (given, _) => WebUtility.UrlEncode(GoFormat.Print(given))),
        ["toUpper"] = (1, 1, (given, _) => TextAt(given, 0, "toUpper").ToUpperInvariant()),
        ["toLower"] = (1, 1, (given, _) => TextAt(given, 0, "toLower").ToLowerInvariant()),
        ["title"] = (1, 1, (given, _) =>
            CultureInfo.InvariantCulture.TextInfo.ToTitleCase(TextAt(given, 0, "title").ToLowerInvariant())),
        ["trimSpace"] = (1, 1, (given, _) => TextAt(given, 0, "trimSpace").Trim()),
        ["join"] = (2, 2, (given, _) => string.Join(TextAt(given, 0, "join"), ListAt(given, 1, "join").Items.Select(TemplateValues.Text))),
        ["match"] = (2, 2, (given, _) => Pattern(TextAt(given, 0, "match")).IsMatch(TextAt(given, 1, "match"))),
        ["reReplaceAll"] = (3, 3, (given, _) => Replace(TextAt(given, 0, "reReplaceAll"), TextAt(given, 1, "reReplaceAll"),
            TextAt(given, 2, "reReplaceAll"))),
        ["safeHtml"] = (1, 1, (given, _) => new VouchedText(TextAt(given, 0, "safeHtml"))),
        ["safeUrl"] = (1, 1, (given, _) => TextAt(given, 0, "safeUrl")),
        ["urlUnescape"] = (1, 1, (given, _) => WebUtility.UrlDecode(TextAt(given, 0, "urlUnescape"))),
        ["stringSlice"] = (0, int.MaxValue, (given, _) => new TemplateList([.. given])),
        ["list"] = (0, int.MaxValue, (given, _) => new TemplateList([.. given])),
        ["append"] = (1, int.MaxValue, (given, _) => new TemplateList([.. ListAt(given, 0, "append").Items, .. given.Skip(1)])),
        ["dict"] = (0, int.MaxValue, (given, _) => Dict(given)),
        ["toJson"] = (1, 1, (given, _) => JsonSerializer.Serialize(Plain(given[0], new int[1]), Json)),
        ["date"] = (2, 2, (given, _) => TimeAt(given, 1, "date").Format(TextAt(given, 0, "date"))),
        ["tz"] = (2, 2, (given, _) => TimeAt(given, 1, "tz").In(TextAt(given, 0, "tz"))
            ?? throw new TemplateFault(0, $"has the time zone '{TextAt(given, 0, "tz")}', which there is not")),
        ["now"] = (0, 0, (_, run) => run.Now),
        ["since"] = (1, 1, (given, run) => (run.Now.Time.ToInstant() - TimeAt(given, 0, "since").Time.ToInstant()).ToTimeSpan()),
        ["humanizeDuration"] = (1, 1, (given, _) => Humanize(given[0])),
        ["routeLabels"] = (1, 1, (given, run) => run.RouteLabels.Entries.GetValueOrDefault(TextAt(given, 0, "routeLabels")) ?? ""),
    };

    private const int MostParts = 20_000;
    private const int MostPatterns = 256;

    private static readonly ConcurrentDictionary<string, Regex> Patterns = new();

    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static bool Has(string name) => All.ContainsKey(name);

    /// <summary>Calls a function.</summary>
    /// <exception cref="TemplateFault">The arguments do not fit.</exception>
    public static object? Call(string name, IReadOnlyList<object?> arguments, TemplateRun run)
    {
        var (least, most, call) = All[name];
        if (arguments.Count < least || arguments.Count > most)
        {
            throw new TemplateFault(0, $"gives {arguments.Count} arguments to {name}, which takes "
                + (least == most ? $"{least}" : most == int.MaxValue ? $"at least {least}" : $"{least} to {most}"));
        }

        return call(arguments, run);
    }

    /// <summary>The text at a place of the arguments.</summary>
    public static string TextAt(IReadOnlyList<object?> arguments, int at, string function) => arguments.ElementAtOrDefault(at) switch
    {
        string text => text,
        VouchedText safe => safe.Text,
        var other => throw Unfit(function, other),
    };

    private static TemplateList ListAt(IReadOnlyList<object?> arguments, int at, string function) =>
        arguments[at] as TemplateList ?? throw Unfit(function, arguments[at]);

    private static GoTime TimeAt(IReadOnlyList<object?> arguments, int at, string function) =>
        arguments[at] as GoTime ?? throw Unfit(function, arguments[at]);

    private static TemplateFault Unfit(string function, object? value) =>
        new(0, $"gives {TemplateValues.KindOf(value)} to {function}, which takes none");

    private static bool Same(object? left, object? right) => TemplateValues.AreEqual(left, right)
        ?? throw new TemplateFault(0, $"compares {TemplateValues.KindOf(left)} with {TemplateValues.KindOf(right)}");

    private static int Order(IReadOnlyList<object?> given) => TemplateValues.Compare(given[0], given[1])
        ?? throw new TemplateFault(0, $"compares {TemplateValues.KindOf(given[0])} with {TemplateValues.KindOf(given[1])}");

    private static object? Index(object? value, object? key) => (value, key) switch
    {
        (TemplateMap map, string name) => map.Entries.GetValueOrDefault(name) ?? map.Missing,
        (TemplateList list, long at) when at >= 0 && at < list.Items.Count => list.Items[(int)at],
        (string text, long at) when at >= 0 && at < Encoding.UTF8.GetByteCount(text) => (long)Encoding.UTF8.GetBytes(text)[at],
        (TemplateList or string, long at) => throw new TemplateFault(0, $"asks for place {at}, which there is not"),
        _ => throw new TemplateFault(0, $"asks {TemplateValues.KindOf(value)} for a place by {TemplateValues.KindOf(key)}"),
    };

    private static object Slice(IReadOnlyList<object?> given)
    {
        var length = given[0] is TemplateMap ? null : TemplateValues.Length(given[0]);
        if (length is not { } most) throw Unfit("slice", given[0]);
        var from = given.Count > 1 ? given[1] as long? ?? throw Unfit("slice", given[1]) : 0;
        var to = given.Count > 2 ? given[2] as long? ?? throw Unfit("slice", given[2]) : most;
        if (from < 0 || to < from || to > most) throw new TemplateFault(0, $"takes a slice from {from} to {to} of {most}");
        return given[0] is TemplateList list
            ? new TemplateList([.. list.Items.Skip((int)from).Take((int)(to - from))])
            : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(TemplateValues.Text(given[0])).AsSpan((int)from, (int)(to - from)));
    }

    private static TemplateDict Dict(IReadOnlyList<object?> given)
    {
        if (given.Count % 2 != 0) throw new TemplateFault(0, "gives dict a name without its value");
        var entries = new Dictionary<string, object?>();
        for (var i = 0; i < given.Count; i += 2) entries[TextAt(given, i, "dict")] = given[i + 1];
        return new TemplateDict(entries);
    }

    // A pattern of a file must hold nothing up: no backtracking.
    private static Regex Pattern(string pattern)
    {
        if (Patterns.TryGetValue(pattern, out var known)) return known;
        try
        {
            if (Patterns.Count >= MostPatterns) Patterns.Clear();
            return Patterns[pattern] = new Regex(PosixClasses.Expand(pattern.Replace("(?P<", "(?<", StringComparison.Ordinal)),
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception unsound) when (unsound is ArgumentException or NotSupportedException)
        {
            throw new TemplateFault(0, $"has the pattern '{pattern}', which is none");
        }
    }

    private static string Replace(string pattern, string replacement, string text) =>
        Pattern(pattern).Replace(text, match => Reference().Replace(replacement, reference =>
            reference.Value == "$$" ? "$" : match.Groups[reference.Groups["name"].Value + reference.Groups["braced"].Value].Value));

    // Values that share parts are small in memory and endless in writing.
    private static object? Plain(object? value, int[] parts)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (++parts[0] > MostParts) throw new TemplateFault(0, $"writes more than {MostParts} values as JSON");
        return value switch
        {
            VouchedText safe => safe.Text,
            GoTime time => time.Format("2006-01-02T15:04:05.999999999Z07:00"),
            TimeSpan span => GoDuration.Nanoseconds(span),
            TemplateList list => list.Items.Select(item => Plain(item, parts)).ToArray(),
            TemplateMap map => map.Entries.ToDictionary(entry => entry.Key, entry => Plain(entry.Value, parts)),
            TemplateRecord record => record.Fields.ToDictionary(field => JsonName(field.Name), field => Plain(field.Value, parts)),
            _ => value,
        };
    }

    private static string JsonName(string name) => name switch
    {
        "ExternalURL" => "externalURL",
        "GeneratorURL" => "generatorURL",
        _ => char.ToLowerInvariant(name[0]) + name[1..],
    };

    private static string Humanize(object? value)
    {
        var seconds = value switch
        {
            long whole => whole,
            double number => number,
            TimeSpan span => span.TotalSeconds,
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var read) => read,
            _ => throw Unfit("humanizeDuration", value),
        };
        if (!double.IsFinite(seconds) || seconds == 0) return $"{GoNumber.General(seconds, 4)}{(seconds == 0 ? "s" : "")}";
        if (Math.Abs(seconds) < 1) return Small(seconds);
        var (sign, all) = (seconds < 0 ? "-" : "", Math.Abs(seconds));
        if (all < 60) return $"{sign}{GoNumber.General(all, 4)}s";
        var total = (long)Math.Min(all, long.MaxValue / 2);
        var rest = $"{total / 60 % 60}m {total % 60}s";
        return total >= 86_400 ? $"{sign}{total / 86_400}d {total / 3600 % 24}h {rest}"
            : total >= 3600 ? $"{sign}{total / 3600}h {rest}"
            : sign + rest;

        static string Small(double seconds)
        {
            var prefix = "";
            foreach (var next in (string[])["m", "u", "n", "p", "f", "a", "z", "y"])
            {
                if (Math.Abs(seconds) >= 1) break;
                (prefix, seconds) = (next, seconds * 1000);
            }

            return $"{GoNumber.General(seconds, 4)}{prefix}s";
        }
    }

    [GeneratedRegex("""\$\$|\$(?<name>\w+)|\$\{(?<braced>\w+)\}""", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
