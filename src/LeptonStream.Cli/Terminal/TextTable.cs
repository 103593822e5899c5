using Spectre.Console;
using Spectre.Console.Rendering;

namespace LeptonStream.Cli.Terminal;

/// <summary>
/// A table in plain text, for pipes, logs and terminals alike: columns as wide as their widest cell, numbers to the right, nothing wrapped.
/// Where it is to fit a width, the widest columns are cut first, each down to a least width; then spare columns are left out.
/// </summary>
internal sealed class TextTable
{
    // Wider than any table: who reads it decides whether to wrap.
    private const int Unbounded = 10_000;

    // Less than this of a text says nothing; the last column is the one that the table is read for.
    private const int Least = 8;
    private const int LeastOfLast = 20;

    // A rule is no longer than this, however long the texts below it.
    private const int LongestRule = 120;

    // A column's padding and its border; the table has one border more than columns.
    private const int Border = 3;

    private readonly Column[] _columns;
    private readonly List<string[]> _rows = [];

    public TextTable(params Column[] columns) => _columns = columns;

    /// <summary>The longest line, in columns. <value>The default value is no limit.</value></summary>
    public int Width { get; init; } = Unbounded;

    /// <summary>Width of the terminal; no limit where the output goes elsewhere.</summary>
    public static int TerminalWidth => Console.IsOutputRedirected ? Unbounded : Console.WindowWidth;

    /// <param name="Title">The title above it.</param>
    /// <param name="Right">Whether it holds numbers, which are never cut.</param>
    /// <param name="IsSpare">Whether it is left out where there is no room.</param>
    /// <param name="IsWhole">Whether its cells are never cut: an id, a time.</param>
    internal readonly record struct Column(string Title, bool Right = false, bool IsSpare = false, bool IsWhole = false)
    {
        public static implicit operator Column(string title) => new(title);

        public static Column Number(string title) => new(title, Right: true);

        public static Column Whole(string title) => new(title, IsWhole: true);
    }

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = Unbounded;
        console.Profile.Capabilities.Unicode = true;
        console.Write(Fitted());
        var lines = text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0);
        return string.Concat(lines.Select(line => (IsRule(line) ? line[..Math.Min(line.Length, LongestRule)] : line) + '\n'));
    }

    private Table Fitted()
    {
        var widths = Widths();
        var table = new Table().Border(TableBorder.Simple);
        int[] shown = [.. Enumerable.Range(0, _columns.Length).Where(column => widths[column] > 0)];
        foreach (var column in shown)
            table.AddColumn(new TableColumn(new Text(_columns[column].Title))
                { Alignment = _columns[column].Right ? Justify.Right : Justify.Left, NoWrap = true });
        foreach (var row in _rows) table.AddRow(shown.Select(column => new Text(Cut(row[column], widths[column]))));
        return table;
    }

    // 0 leaves a column out. A table whose least widths are too wide stays so.
    private int[] Widths()
    {
        int[] widths = [.. Enumerable.Range(0, _columns.Length).Select(WidestOf)];
        var leasts = widths.Select((width, column) => Math.Min(width, LeastOf(column))).ToArray();
        foreach (var spare in Enumerable.Range(0, _columns.Length).Where(column => _columns[column].IsSpare))
        {
            if (TotalOf(leasts) <= Width) break;
            widths[spare] = leasts[spare] = 0;
        }

        while (TotalOf(widths) > Width && WidestAbove(widths, leasts) is { } widest) widths[widest]--;
        return widths;
    }

    private static int? WidestAbove(int[] widths, int[] leasts) => Enumerable.Range(0, widths.Length)
        .Where(column => widths[column] > leasts[column]).Select(column => (int?)column).MaxBy(column => widths[column!.Value]);

    private static int TotalOf(int[] widths) => widths.Where(width => width > 0).Sum(width => width + Border) + 1;

    private int LeastOf(int column) => _columns[column] switch
    {
        { Right: true } or { IsWhole: true } => int.MaxValue,
        var text => Math.Max(text.Title.Length, column == _columns.Length - 1 ? LeastOfLast : Least),
    };

    private static string Cut(string cell, int width)
    {
        if (WidthOf(cell) <= width) return cell;
        var (end, left) = (0, width - 1);
        foreach (var letter in cell.EnumerateRunes())
        {
            left -= WidthOf(letter.ToString());
            if (left < 0) break;
            end += letter.Utf16SequenceLength;
        }

        return cell[..end] + '…';
    }

    // A Chinese letter takes two columns.
    private static int WidthOf(string text) => new Segment(text).CellCount();

    private static bool IsRule(string line) => line.AsSpan().IndexOfAnyExcept('─', ' ') < 0;

    private int WidestOf(int column) => _rows.Select(row => WidthOf(row[column])).Append(WidthOf(_columns[column].Title)).Max();
}
