using Spectre.Console;

namespace LeptonStream.Cli.Terminal;

/// <summary>
/// A table in plain text, for pipes, logs and terminals alike: columns as wide as their widest cell, numbers to the right, nothing wrapped.
/// </summary>
internal sealed class TextTable
{
    // Wider than any table: who reads it decides whether to wrap.
    private const int Unbounded = 10_000;

    private readonly Table _table = new Table().Border(TableBorder.Simple);

    public TextTable(params Column[] columns)
    {
        foreach (var column in columns)
            _table.AddColumn(new TableColumn(new Text(column.Title))
                { Alignment = column.Right ? Justify.Right : Justify.Left, NoWrap = true });
    }

    internal readonly record struct Column(string Title, bool Right = false)
    {
        public static implicit operator Column(string title) => new(title);

        public static Column Number(string title) => new(title, Right: true);
    }

    public void Add(params string[] cells) => _table.AddRow(cells.Select(cell => new Text(cell)));

    public override string ToString()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = Unbounded;
        console.Profile.Capabilities.Unicode = true;
        console.Write(_table);
        var lines = text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0);
        return string.Concat(lines.Select(line => line + '\n'));
    }
}
