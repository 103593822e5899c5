using System.Globalization;
using System.Text.Json;

namespace LeptonStream.Benchmarks;

/// <summary>Collects figures and prints them as a table or as one JSON object.</summary>
internal sealed class Report(bool json)
{
    private readonly List<(string Key, string What, double? Figure, string Unit, string Note)> _rows = [];

    /// <summary>Says what is going on, where nobody parses it.</summary>
    public static void Progress(string what) => Console.Error.WriteLine("    " + what);

    public void Add(string key, string what, double figure, string unit, string note = "") => _rows.Add((key, what, figure, unit, note));

    public void Skip(string key, string what, string why) => _rows.Add((key, what, null, "", why));

    public void Print()
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(_rows.ToDictionary(r => r.Key, r => r.Figure)));
            return;
        }

        var width = _rows.Max(r => r.What.Length);
        foreach (var (_, what, figure, unit, note) in _rows)
        {
            var number = figure is { } value ? value.ToString(FormatOf(Math.Abs(value)), CultureInfo.InvariantCulture) : "skipped";
            Console.WriteLine($"{what.PadRight(width)}  {number,12} {unit,-12} {note}".TrimEnd());
        }
    }

    private static string FormatOf(double size) => size >= 100 ? "#,##0" : size is > 0 and < 0.001 ? "0.0e+0" : "0.00";
}
