using System.Text;

namespace LeptonStream.Cli.Terminal;

/// <summary>A table in plain text, for pipes, logs and terminals alike: columns as wide as their widest cell, numbers to the right.</summary>
internal sealed class TextTable(params TextTable.Column[] columns)
{
    private readonly List<string[]> _rows = [];

    internal readonly record struct Column(string Title, bool Right = false)
    {
        public static implicit operator Column(string title) => new(title);

        public static Column Number(string title) => new(title, Right: true);
    }

    public void Add(params string[] cells)
    {
        if (cells.Length != columns.Length) throw new ArgumentException($"{cells.Length} cells, but the table has {columns.Length} columns", nameof(cells));
        _rows.Add(cells);
    }

    public override string ToString()
    {
        var widths = columns.Select((c, i) => _rows.Select(r => r[i].Length).Append(c.Title.Length).Max()).ToArray();
        var text = new StringBuilder();
        Line(text, [.. columns.Select(c => c.Title)], widths);
        Line(text, [.. widths.Select(w => new string('─', w))], widths);
        foreach (var row in _rows) Line(text, row, widths);
        return text.ToString();
    }

    private void Line(StringBuilder text, string[] cells, int[] widths)
    {
        var line = string.Join("  ", cells.Select((cell, i) => columns[i].Right ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])));
        text.Append(line.TrimEnd()).Append('\n');
    }
}
