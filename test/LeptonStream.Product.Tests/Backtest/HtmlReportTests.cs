using System.Globalization;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.RegularExpressions;
using LeptonStream.Backtest;
using LeptonStream.Backtest.Html;
using LeptonStream.Testing.Browsers;
using Microsoft.Playwright;

namespace LeptonStream.Product.Tests.Backtest;

/// <summary>The report of a backtest, in a real browser, from a file.</summary>
internal sealed class HtmlReportTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-report-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Open_LabelledSeries_ShowsTablesAndADrawnChartOfEach()
    {
        WriteJump("a/found", jump: 800, label: 800);
        WriteJump("b/missed", jump: 850, label: 950);
        await using var page = await Open();
        await Drawn(page, charts: 2);

        Assert.That(await Texts(page, ".files tbody th"), Is.EqualTo(new[] { "a/found", "b/missed" }));
        Assert.That(await page.Page.Locator(".tile").First.InnerTextAsync(), Does.Contain("1 of 2").And.Contain("50 %"));
        Assert.That(await Texts(page, ".badges .found, .badges .missed, .badges .false"),
            Is.EqualTo(new[] { "1 of 1 found", "0 of 1 found", "1 false" }));
        foreach (var (index, colours) in new[] { (0, new[] { "value", "hit", "event-edge", "over" }),
            (1, ["value", "false", "missed-edge", "over"]) })
            Assert.That(await Ink(page, index, colours), Is.All.GreaterThan(8),
                $"pixels of each colour in chart {index}: {string.Join(", ", colours)}");
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Open_WithTheDial_DrawsALineOfEachFamilyWithinTheAllowed()
    {
        WriteJump("a/found", jump: 800, label: 800);
        WriteJump("b/missed", jump: 850, label: 950);
        await using var page = await Open(dial: true);
        Assert.That(await page.Page.Locator(".dial .family").CountAsync(), Is.EqualTo(3), "two families and the total");
        Assert.That(await page.Page.Locator(".dial .reading").CountAsync(), Is.EqualTo(12));
        Assert.That(await page.Page.Locator(".dial .name").AllTextContentsAsync(), Is.EqualTo(new[] { "a", "b", "total" }));
        Assert.That(await page.Page.Locator(".dial polyline").EvaluateAllAsync<bool>(
            "lines => lines.every(line => !line.getAttribute('points').includes('NaN'))"), Is.True);
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Open_AnyReport_AsksTheNetworkForNothing()
    {
        WriteJump("a/found", jump: 800, label: 800);
        var asked = new List<string>();
        await using var page = await Open(watch: p => p.Request += (_, request) => asked.Add(request.Url));
        await Drawn(page, charts: 1);

        Assert.That(asked.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)),
            Is.EqualTo(new[] { new Uri(Report).AbsoluteUri }));
        Assert.That(Regex.Matches(await File.ReadAllTextAsync(Report), @"\s(src|onclick|onload|onerror)=|@import|url\("), Is.Empty);
    }

    [Test]
    public async Task Open_NamesThatAreMarkup_AreShownAsText()
    {
        const string Name = "<img src=x onerror=pwned('name')>";
        const string Metric = "\"<script>pwned('metric')</script><!--\"";
        WriteJump($"<b onclick=pwned('family')>/{Name}", 800, 800, header: $"timestamp,{Metric},other,label", more: ",5");
        await File.WriteAllTextAsync(Path.Combine(_folder, "<svg onload=pwned('skipped')>.csv"), "x\n");
        await using var page = await Open();
        await Drawn(page, charts: 1);
        await page.Page.Locator(".plot").HoverAsync();

        Assert.That(await page.Page.Locator("h3").InnerTextAsync(), Is.EqualTo($"<b onclick=pwned('family')>/{Name}"));
        Assert.That(await page.Page.Locator(".readout").InnerTextAsync(), Does.Contain("<script>pwned('metric')</script><!--"));
        Assert.That(await page.Page.Locator(".skipped").InnerTextAsync(), Does.Contain("<svg onload"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Chart_DraggedOver_ZoomsAndDoubleClickShowsAll()
    {
        WriteJump("a/found", jump: 800, label: 800);
        await using var page = await Open();
        await Drawn(page, charts: 1);
        var whole = page.Page.GetByRole(AriaRole.Button, new() { Name = "Whole series" });
        Assert.That(await whole.IsDisabledAsync(), Is.True);

        var box = (await page.Page.Locator(".plot").BoundingBoxAsync())!;
        await page.Page.Mouse.MoveAsync(box.X + (box.Width * 0.75f), box.Y + 60);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(box.X + (box.Width * 0.85f), box.Y + 60);
        await page.Page.Mouse.UpAsync();
        Assert.That(await whole.IsDisabledAsync(), Is.False);
        // A tenth of the width was chosen: between its ends lies about a tenth of the rows.
        var first = await RowAt(page, 0.08f);
        var last = await RowAt(page, 0.97f);
        Assert.That((first, last - first), Is.EqualTo((730, 95)).Using<(int, int),
            (int, int)>((a, b) => Math.Abs(a.Item1 - b.Item1) < 25 && Math.Abs(a.Item2 - b.Item2) < 25));

        await page.Page.Locator(".plot").DblClickAsync();
        Assert.That(await whole.IsDisabledAsync(), Is.True);
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Finding_Clicked_ShowsItsRowsWithValueBandAndScore()
    {
        WriteJump("a/found", jump: 800, label: 800);
        await using var page = await Open();
        await Drawn(page, charts: 1);
        await page.Page.Locator(".findings button").ClickAsync();

        var row = await RowAt(page, 0.525f);
        Assert.That(row, Is.EqualTo(815).Within(20), "the event is in the middle");
        Assert.That(await page.Page.Locator(".readout").InnerTextAsync(),
            Does.Contain("expected").And.Contain("score").And.Contain("in an event").And.Contain("2023-11-15"));
        await page.Page.Locator(".plot").PressAsync("Escape");
        await page.Page.Locator(".plot").PressAsync("n");
        Assert.That(await page.Page.GetByRole(AriaRole.Button, new() { Name = "Whole series" }).IsDisabledAsync(), Is.False);
    }

    [Test]
    public async Task Controls_FilterAndOrder_ChooseTheCharts()
    {
        WriteJump("a/found", jump: 800, label: 800);
        WriteJump("a/quiet", jump: -1, label: -1);
        WriteJump("b/missed", jump: 850, label: 950);
        await using var page = await Open();
        Task<IReadOnlyList<string>> Cards() => Texts(page, ".card h3");
        Assert.That(await Cards(), Is.EqualTo(new[] { "a/found", "a/quiet", "b/missed" }));

        await page.Page.SelectOptionAsync("#order", "f1");
        Assert.That(await Cards(), Is.EqualTo(new[] { "b/missed", "a/found", "a/quiet" }));
        await page.Page.SelectOptionAsync("#order", "false");
        Assert.That((await Cards())[0], Is.EqualTo("b/missed"));
        await page.Page.Locator(".files thead button").First.ClickAsync();
        await page.Page.Locator(".files thead button").First.ClickAsync();
        Assert.That(await Cards(), Is.EqualTo(new[] { "b/missed", "a/quiet", "a/found" }), "by name, falling");
        await page.Page.FillAsync("#filter", "A qui");
        Assert.That(await Cards(), Is.EqualTo(new[] { "a/quiet" }));
        await page.Page.FillAsync("#filter", "");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "With missed events" }).ClickAsync();
        Assert.That(await Cards(), Is.EqualTo(new[] { "b/missed" }));
        await page.Page.SelectOptionAsync("#family", "a");
        Assert.That(await page.Page.Locator(".cards .none").CountAsync(), Is.EqualTo(1));
        Assert.That(await page.Page.Locator("#shown").InnerTextAsync(), Is.EqualTo("0 of 3 series"));
    }

    [Test]
    public async Task Language_Switched_IsChineseThroughout()
    {
        WriteJump("a/found", jump: 800, label: 800);
        await using var page = await Open();
        await page.Page.ClickAsync("#language");

        Assert.That(await page.Page.Locator("html").GetAttributeAsync("lang"), Is.EqualTo("zh-CN"));
        Assert.That(await page.Page.Locator(".badges").InnerTextAsync(), Does.Contain("检出 1 / 1"));
        Assert.That(await page.Page.Locator("#language").InnerTextAsync(), Is.EqualTo("English"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Open_EntityOfManyMetrics_DrawsThoseThatAreLoudWhereItLooks()
    {
        // m3 jumps at the label; six others are noise.
        static int AtTheLabel(int row, int value) => row is >= 800 and < 830 ? value : 0;
        Write("e/entity", "timestamp,m0,m1,m2,m3,m4,m5,m6,label", 1000, (row, noise) => string.Create(CultureInfo.InvariantCulture,
            $"{1_700_000_000 + (60 * row)},{noise},{noise},{noise},{AtTheLabel(row, 60) + noise},"
                + $"{noise},{noise},{noise},{AtTheLabel(row, 1)}"));
        await using var page = await Open();
        await Drawn(page, charts: 1);
        await page.Page.Locator(".findings button").First.ClickAsync();
        await page.Page.Locator(".plot").HoverAsync();

        Assert.That(await page.Page.Locator(".readout").InnerTextAsync(), Does.Contain("m3 ").And.Not.Contain("m6 "));
        Assert.That(await page.Page.Locator(".badges").InnerTextAsync(), Does.Contain("7 metrics, the 4 with the highest scores in view"));
    }

    [Test]
    public async Task Open_NothingLabelledAndAFileSkipped_StillTellsWhatThereIs()
    {
        Write("a/plain", "timestamp,value", 400, (row, noise) => FormattableString.Invariant($"{1_700_000_000 + (60 * row)},{noise}"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken.csv"), "name\nx\n");
        await using var page = await Open();
        await Drawn(page, charts: 1);

        Assert.That(await page.Page.Locator(".badges").InnerTextAsync(), Does.Contain("no labels"));
        Assert.That(await page.Page.Locator(".skipped").InnerTextAsync(), Does.Contain("broken.csv"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [TestCase(0f)]
    [TestCase(-1.5f)]
    [TestCase(3.25e-20f)]
    [TestCase(float.NaN)]
    public void PackedColumn_Number_ComesBack(float number)
    {
        using var zip = new GZipStream(
            new MemoryStream(Convert.FromBase64String(PackedColumn.Of([number, 7f]))), CompressionMode.Decompress);
        var bytes = new byte[8];
        zip.ReadExactly(bytes);
        Assert.That((BinaryPrimitives.ReadSingleLittleEndian(bytes), BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4))),
            Is.EqualTo((number, 7f)));
    }

    [TestCase(1_000_003.3f, 4f, 0.016f)]
    [TestCase(5f, 0f, 0f)]
    [TestCase(5f, float.NaN, 0f)]
    [TestCase(0.1f, float.PositiveInfinity, 0f)]
    public void Rounded_Number_IsOffByLessThanCanBeSeen(float number, float span, float most) =>
        Assert.That(PackedColumn.Rounded(number, span), Is.EqualTo(number).Within(most));

    private string Report => Path.Combine(_folder, "report.html");

    private async Task<WatchedPage> Open(Action<IPage>? watch = null, bool dial = false)
    {
        HtmlReport.Write(new BacktestRun(new(_folder, Dial: dial)).Run(default), Report);
        return await Browser.Open(new Uri(Report), watch: watch);
    }

    private static async Task Drawn(WatchedPage page, int charts) => await page.Page.WaitForFunctionAsync(
        "charts => document.querySelectorAll('.plot[aria-busy=false]').length === charts", charts);

    private static async Task<IReadOnlyList<string>> Texts(WatchedPage page, string selector) =>
        await page.Page.Locator(selector).AllInnerTextsAsync();

    private static async Task<int> RowAt(WatchedPage page, float share)
    {
        var box = (await page.Page.Locator(".plot").BoundingBoxAsync())!;
        await page.Page.Mouse.MoveAsync(box.X + (box.Width * share), box.Y + 60);
        var told = await page.Page.Locator(".readout").InnerTextAsync();
        return int.Parse(Regex.Match(told, @"row ([\d,]+)").Groups[1].Value.Replace(",", "", StringComparison.Ordinal),
            System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Task<int[]> Ink(WatchedPage page, int chart, string[] colours) => page.Page.EvaluateAsync<int[]>(
        """
        ([chart, names]) => {
          const canvas = document.querySelectorAll('.plot canvas:first-child')[chart];
          const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          const probe = document.createElement('i');
          document.body.append(probe);
          return names.map(name => {
            probe.style.color = `var(--${name})`;
            const wanted = getComputedStyle(probe).color.match(/\d+/g).map(Number);
            let count = 0;
            for (let at = 0; at < pixels.length; at += 4)
              if (pixels[at + 3] > 200 && wanted.every((part, channel) => Math.abs(part - pixels[at + channel]) < 12)) count++;
            return count;
          });
        }
        """,
        new object[] { chart, colours });

    // Noise of ±1 around 100 at minutes, thirty rows at 160, thirty rows labelled.
    private void WriteJump(string name, int jump, int label, string header = "timestamp,value,label", string more = "") =>
        Write(name, header, 1000, (row, noise) => string.Create(CultureInfo.InvariantCulture,
            $"{1_700_000_000 + (60 * row)},{(IsFrom(jump, row) ? 160 : 100) + noise}{more},{(IsFrom(label, row) ? 1 : 0)}"));

    private static bool IsFrom(int begin, int row) => begin >= 0 && row >= begin && row < begin + 30;

    private void Write(string name, string header, int rows, Func<int, double, string> row)
    {
        var noise = new Random(5);
        var path = Path.Combine(_folder, name + ".csv");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, [header, .. Enumerable.Range(0, rows).Select(i => row(i, (2 * noise.NextDouble()) - 1))]);
    }
}
