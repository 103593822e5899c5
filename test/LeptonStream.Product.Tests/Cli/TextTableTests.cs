using LeptonStream.Cli.Terminal;

namespace LeptonStream.Product.Tests.Cli;

/// <summary>Tables of the tools at every width of a terminal.</summary>
public sealed class TextTableTests
{
    private static readonly string[] Summaries =
    [
        "DCGM_FI_DEV_XID_ERRORS of qwen-1 (gpu=1, instance=gpu-node-1) reports XID 79: the GPU has fallen off the bus",
        "DCGM_FI_DEV_XID_ERRORS of qwen-1 (gpu=0, instance=gpu-node-1) reports XID 79: the GPU has fallen off the bus", "short", "",
    ];

    [Test]
    public void Lines_AtAnyWidth_FitAndKeepTheLastColumn([Range(80, 220)] int width)
    {
        var lines = Alerts(width).ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That(lines.Select(line => line.Length), Is.All.LessThanOrEqualTo(width));
        Assert.That(lines[0], Does.Contain("SUMMARY"));
        Assert.That(lines.Skip(2).Select(line => line.TrimStart()[..8]),
            Is.EqualTo(new[] { "00000000", "00000001", "00000002", "00000003" }), "ids are never cut");
        Assert.That(lines[2], Does.Contain("DCGM_FI_DEV_XID_ERR"), "something of the last column is left");
    }

    [Test]
    public void SpareColumns_GoBeforeTextsFallBelowTheirLeast([Range(40, 160)] int width)
    {
        var table = new TextTable(TextTable.Column.Whole("ID"), TextTable.Column.Number("FIRING") with { IsSpare = true },
            TextTable.Column.Whole("NEXT") with { IsSpare = true }, "ERROR") { Width = width };
        table.Add("0198c0de", "12", "11-29 17:10:49Z", Summaries[0]);
        var text = table.ToString();

        Assert.That(text.Split('\n').Max(line => line.Length), Is.LessThanOrEqualTo(width));
        Assert.That(text, Does.Contain("ERROR").And.Contain("0198c0de"));
        if (width >= 120) Assert.That(text, Does.Contain("FIRING").And.Contain("NEXT"));
    }

    [Test]
    public void WithoutAWidth_NothingIsCut_AndTheRuleIsNoLongerThanAScreen()
    {
        var table = Alerts(10_000);
        table.Add("00000004", "critical", "11-29 17:10:49Z", "m", "x", "-", new string('y', 600));
        var text = table.ToString();

        Assert.That(text, Does.Contain(new string('y', 600)).And.Contain(Summaries[0]).And.Not.Contain("…"));
        Assert.That(text.Split('\n')[1].Length, Is.LessThanOrEqualTo(120));
    }

    [Test]
    public void Chinese_TakesTwoColumnsALetter_FitsAndIsCutBetweenLetters([Range(32, 60)] int width)
    {
        var table = new TextTable(TextTable.Column.Whole("ID"), "SUMMARY") { Width = width };
        table.Add("00000000", new string('温', 40));

        var line = table.ToString().Split('\n')[2];

        // Letters and the ellipsis, each letter twice as wide as a blank.
        Assert.That(line.Sum(letter => letter == '温' ? 2 : 1), Is.InRange(width - 6, width));
        Assert.That(line, Does.EndWith("…"));
    }

    private static TextTable Alerts(int width)
    {
        var table = new TextTable(TextTable.Column.Whole("ID"), TextTable.Column.Whole("SEVERITY"),
            TextTable.Column.Whole("SINCE") with { IsSpare = true }, "MODEL", "METRIC", "WHO", "SUMMARY") { Width = width };
        for (var row = 0; row < Summaries.Length; row++)
            table.Add($"{row:d8}", "critical", "11-29 17:10:49Z", "a-very-long-model-name-that-somebody-generated",
                "DCGM_FI_DEV_XID_ERRORS", "ack rosa, for li", Summaries[row]);
        return table;
    }
}
