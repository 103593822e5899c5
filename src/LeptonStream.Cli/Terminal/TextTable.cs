using Spectre.Console;

namespace LeptonStream.Cli.Terminal;

/// <summary>
/// A table in plain text, for pipes, logs and terminals alike: columns as wide as their widest cell, numbers to the right, nothing wrapped.
/// Where it is to fit a width, the last column is cut, and left out where too little of it would be left.
/// </summary>
internal sealed class TextTable
{
    // Wider than any table: who reads it decides whether to wrap.
    private const int Unbounded = 10_000;

    // Less than this of the last column says nothing.
    private const int ShortestLast = 20;

    // A column's padding and its border; the table has one border more than columns.
    private const int Border = 3;

    private readonly Column[] _columns;
    private readonly List<string[]> _rows = [];

    public TextTable(params Column[] columns) => _columns = columns;

    /// <summary>The longest line, in columns. <value>The default value is no limit.</value></summary>
    public int Width { get; init; } = Unbounded;

    internal readonly record struct Column(string Title, bool Right = false)
    {
        public static implicit operator Column(string title) => new(title);

        public static Column Number(string title) => new(title, Right: true);
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
        return string.Concat(lines.Select(line => line + '\n'));
    }

    private Table Fitted()
    {
        var others = Enumerable.Range(0, _columns.Length - 1).Sum(column => WidestOf(column) + Border);
        var last = Width - others - Border - 1;
        var shown = last >= Math.Min(ShortestLast, WidestOf(_columns.Length - 1)) ? _columns.Length : _columns.Length - 1;
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in _columns[..shown])
            table.AddColumn(new TableColumn(new Text(column.Title))
                { Alignment = column.Right ? Justify.Right : Justify.Left, NoWrap = true });
        foreach (var row in _rows)
            table.AddRow(row[..shown].Select((cell, column) =>
                new Text(column == _columns.Length - 1 && cell.Length > last ? cell[..(last - 1)] + '…' : cell)));
        return table;
    }

    private int WidestOf(int column) => _rows.Select(row => row[column].Length).Append(_columns[column].Title.Length).Max();
}
