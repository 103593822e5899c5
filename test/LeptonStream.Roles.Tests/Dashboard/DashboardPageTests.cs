using LeptonStream.Alerts;
using LeptonStream.Health;
using LeptonStream.Kafka.Status;
using LeptonStream.Samples;
using LeptonStream.Testing;
using LeptonStream.Testing.Browsers;
using Microsoft.Playwright;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>The page in a real browser, against the real dashboard and a real journal.</summary>
[Parallelizable]
public sealed class DashboardPageTests
{
    private RunningDashboard _dashboard;

    [SetUp]
    public async Task Start() => _dashboard = await RunningDashboard.Start();

    [TearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [Test]
    public async Task Open_AlertInTheJournal_IsListedAndShown()
    {
        var alert = SampleAlerts.Opened(labels: [("instance", "gpu-7")]);
        await _dashboard.Journal.Record(alert);

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Shows("ttft_p99_ms");
        await page.Page.Locator("#detail h2").WaitForAsync();

        Assert.That(await page.Rows.First.InnerTextAsync(), Does.Contain("Critical").And.Contain("2.4×").And.Contain("instance=gpu-7"));
        Assert.That(await page.Page.TitleAsync(), Is.EqualTo("(1) LeptonStream"));
        var detail = await page.Page.Locator("#detail").InnerTextAsync();
        Assert.That(detail, Does.Contain(alert.English.Description).And.Contain("Roll back the last release.").And.Contain("median-mad")
            .And.Contain("lepton.metrics").And.Contain("4711").And.Contain(alert.AlertId).And.Contain("97%"));
        Assert.That(await page.Page.Locator(".runbook a").GetAttributeAsync("href"), Is.EqualTo(alert.RunbookUrl));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Open_EarlyWarning_TellsItsLimitAndWhenItWillBeReached()
    {
        await _dashboard.Journal.Record(AlertEvents.EarlyWarning("cache"));

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Shows("cache");
        await page.Page.Locator("#detail h2").WaitForAsync();

        var detail = await page.Page.Locator("#detail").InnerTextAsync();
        Assert.That(detail, Does.Contain("Early warning").And.Contain("250").And.Contain("early-warning"));
        Assert.That(detail, Does.Match("(?i)reached at").And.Match("likely .* to "));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Open_AlertOfAnEntity_ListsTheMetricsThatHaveTheirPartInIt()
    {
        await _dashboard.Journal.Record(SampleAlerts.Opened() with
        {
            Metric = "entity",
            Value = null,
            Expected = null,
            Lower = null,
            Upper = null,
            Contributors = [new("ttft_p99_ms", 0.625, 365, 186, 120, 250, "ms"), new("queue", 0.3, 41, null, null, null, null)],
        });

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Shows("entity");
        var rows = page.Page.Locator("#detail .contributors tbody tr");
        await rows.First.WaitForAsync();

        Assert.That(await rows.CountAsync(), Is.EqualTo(2));
        Assert.That(await rows.First.InnerTextAsync(),
            Does.Contain("ttft_p99_ms").And.Contain("62.5%").And.Contain("365").And.Contain("186").And.Contain("250"));
        Assert.That(await page.Page.Locator("#detail .facts").InnerTextAsync(), Does.Not.Contain("last update"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Open_AModelUpdate_ListsEachMetricBeforeAndAfter()
    {
        await _dashboard.Journal.Record(SampleAlerts.Opened() with
        {
            Metric = "model_version",
            Value = null,
            Expected = null,
            Lower = null,
            Upper = null,
            Points = [],
            ModelUpdate = new("v1", "v2", Timestamp.FromUnixSeconds(1795341600), UpdateVerdict.Worse,
            [
                new()
                {
                    Metric = "ttft_ms", Unit = "ms", Verdict = UpdateVerdict.Worse, Method = UpdateMethod.SideBySide,
                    Before = 186, After = 365, Lower = 150, Upper = 208, SamplesBefore = 24, SamplesAfter = 24,
                },
                new() { Metric = "eval_accuracy", Verdict = UpdateVerdict.Unknown },
            ]),
        });

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Shows("model_version");
        var rows = page.Page.Locator("#detail .contributors tbody tr");
        await rows.First.WaitForAsync();

        Assert.That(await rows.First.InnerTextAsync(),
            Does.Contain("ttft_ms").And.Contain("186").And.Contain("365").And.Contain("179").And.Contain("208").And.Contain("worse"));
        Assert.That(await rows.Last.InnerTextAsync(), Does.Contain("too few values"));
        Assert.That(await page.Page.Locator("#detail .facts").InnerTextAsync(), Does.Not.Contain("last update"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [TestCase("en-US", "since 27 min. ago · last update 7 min. ago", "Value at the last update", "last update 7 min. ago")]
    [TestCase("zh-CN", "开始于 27分钟前 · 最近更新 7分钟前", "最近更新时的值", "最近更新于 7分钟前")]
    public async Task OpenAlert_SaysSinceWhenItIsOpenAndHowOldItsNumbersAre(string locale, string row, string label, string state)
    {
        var opened = SampleAlerts.Opened();
        opened = opened with { DetectedAt = opened.DetectedAt - TimeSpan.FromMinutes(20.5),
            Onset = opened.Onset - TimeSpan.FromMinutes(25) };
        await _dashboard.Journal.RecordAll([opened, opened with { Id = new string('7', 32), Type = AlertEventType.Updated,
            DetectedAt = opened.DetectedAt + TimeSpan.FromMinutes(13) }]);

        await using var page = await Browser.Open(_dashboard.Address, new() { Locale = locale });
        await page.Page.Locator("#detail .facts").WaitForAsync();

        Assert.That(await page.Rows.First.Locator(".when").InnerTextAsync(), Is.EqualTo(row));
        Assert.That(await page.Page.Locator("#detail .facts").InnerTextAsync(), Does.Contain(label));
        Assert.That(await page.Page.Locator("#detail .state").InnerTextAsync(), Does.Contain(state));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Live_AlertOpensChangesAndResolves_WithoutReload()
    {
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Connected();
        await page.Page.EvaluateAsync("window.sameDocument = true");
        Assert.That(await page.Page.Locator("#empty").InnerTextAsync(), Does.Contain("All quiet").And.Contain("lepton demo"));

        var alert = SampleAlerts.Opened(severity: AlertSeverity.Warning);
        await _dashboard.Journal.Record(alert);
        await page.Shows("ttft_p99_ms");
        Assert.That(await page.Page.Locator("#spoken").TextContentAsync(), Is.EqualTo("New alert, Warning: ttft_p99_ms of llama-70b"));

        await page.Page.Locator("#detail .badge.warning").WaitForAsync();
        await page.Rows.First.ClickAsync();
        await _dashboard.Journal.Record(
            alert with { Id = new string('7', 32), Type = AlertEventType.Updated, Severity = AlertSeverity.Critical });
        await page.Page.Locator("#list a.critical").WaitForAsync();
        await page.Page.Locator("#detail .badge.critical").WaitForAsync();
        Assert.That(await page.Page.Locator(".history li").CountAsync(), Is.EqualTo(2));

        await _dashboard.Journal.Record(SampleAlerts.Resolved(alert));
        await page.Shows();
        await page.Page.Locator("#detail .badge.resolved").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Show ended alerts" }).ClickAsync();
        await page.Shows("ttft_p99_ms");

        Assert.That(await page.Page.EvaluateAsync<bool>("sameDocument"), Is.True);
        Assert.That(await page.Caught(), Is.Empty);
    }

    [TestCase(ColorScheme.Light)]
    [TestCase(ColorScheme.Dark)]
    public async Task Chart_OfAnAlert_IsDrawnWithItsAnomalousPoints(ColorScheme scheme)
    {
        await _dashboard.Journal.Record(SampleAlerts.Opened());

        await using var page = await Browser.Open(_dashboard.Address, new() { ColorScheme = scheme, Locale = "en-US" });
        await page.Page.Locator(".plot canvas").WaitForAsync();
        var inked = await page.Page.EvaluateAsync<double[]>("""
            () => {
              const canvas = document.querySelector('.plot canvas');
              const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
              const probe = document.createElement('i');
              document.body.append(probe);
              const wanted = ['chart-value', 'chart-anomaly'].map(name => {
                probe.style.color = `var(--${name})`;
                return getComputedStyle(probe).color.match(/\d+/g).map(Number);
              });
              const counts = [0, 0, 0];
              for (let at = 0; at < pixels.length; at += 4) {
                if (pixels[at + 3] > 0) counts[0]++;
                wanted.forEach((colour, index) => {
                  if (pixels[at + 3] === 255
                      && colour.every((part, channel) => Math.abs(part - pixels[at + channel]) < 12)) counts[index + 1]++;
                });
              }
              return [counts[0] / (canvas.width * canvas.height), counts[1], counts[2]];
            }
            """);

        Assert.That(inked[0], Is.InRange(0.05, 0.95), "share of pixels that are drawn");
        Assert.That(inked[1], Is.GreaterThan(300), "pixels of the line");
        Assert.That(inked[2], Is.GreaterThan(200), "pixels of the anomalous points");
    }

    [Test]
    public async Task Chart_AsTable_HoldsEveryPointTheNewestFirst()
    {
        var alert = SampleAlerts.Opened();
        await _dashboard.Journal.Record(alert);

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Show as table" }).ClickAsync();

        var rows = page.Page.Locator(".points tbody tr");
        Assert.That(await rows.CountAsync(), Is.EqualTo(alert.Points.Count));
        Assert.That(await rows.First.InnerTextAsync(), Does.Contain("above the band"));
        Assert.That(await page.Page.Locator(".points tr.outside").CountAsync(), Is.EqualTo(10));
        Assert.That(await page.Page.Locator(".toggle").GetAttributeAsync("aria-pressed"), Is.EqualTo("true"));
    }

    [Test]
    public async Task Chart_ByKeyboard_ReadsThePoints()
    {
        await _dashboard.Journal.Record(SampleAlerts.Opened());

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.Locator(".plot").FocusAsync();
        await page.Page.Keyboard.PressAsync("End");
        var last = await page.Page.Locator(".readout").TextContentAsync();
        await page.Page.Keyboard.PressAsync("Home");
        var first = await page.Page.Locator(".readout").TextContentAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");

        Assert.That(last, Does.Contain("above the band"));
        Assert.That(first, Does.Not.Contain("above the band"));
        Assert.That(await page.Page.Locator(".readout").TextContentAsync(), Is.Not.EqualTo(first));
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.chart [role=status]').textContent.includes('expected')");
    }

    [Test]
    public async Task Chart_ValuesThatAreNoNumbers_AreMarkedAndTold()
    {
        var alert = SampleAlerts.Opened(metric: "loss");
        var points = alert.Points.Select((p, i) => i >= 50 ? p with { Value = double.NaN } : p).ToList();
        await _dashboard.Journal.Record(alert with { Value = null, ValueText = "NaN", Unit = null, Points = points });

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.Locator(".plot canvas").WaitForAsync();

        Assert.That(await page.Page.Locator(".facts dd").First.TextContentAsync(), Is.EqualTo("NaN"));
        Assert.That(await page.Page.Locator(".legend").InnerTextAsync(), Does.Contain("not a number"));
        Assert.That(await page.Page.Locator(".readout").InnerTextAsync(), Does.Contain("not a number"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Chart_OfNoPoints_IsNotDrawn_AndThePageSaysWhy()
    {
        await _dashboard.Journal.Record(SampleAlerts.Opened() with { Points = [] });

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.Locator("#detail").GetByText("No chart: this alert has no values to draw.").WaitForAsync();

        Assert.That(await page.Page.Locator("#detail canvas").CountAsync(), Is.Zero);
        Assert.That(await page.Caught(), Is.Empty);
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task Chart_FewPointsWithoutABand_IsStillDrawn(int count)
    {
        var alert = SampleAlerts.Opened();
        var points = alert.Points.TakeLast(count).Select(p => p with { Expected = double.NaN, Lower = double.NaN, Upper = double.NaN })
            .ToList();
        await _dashboard.Journal.Record(alert with { Expected = null, Lower = null, Upper = null, Points = points });

        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.Locator(".plot canvas").WaitForAsync();
        await page.Page.Locator(".plot").HoverAsync();

        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Language_Switched_ShowsChineseAndIsRemembered()
    {
        var alert = SampleAlerts.Opened();
        await _dashboard.Journal.Record(alert);
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.Locator("#detail h2").WaitForAsync();
        Assert.That(await page.Page.Locator("html").GetAttributeAsync("lang"), Is.EqualTo("en"));

        await page.Page.SelectOptionAsync("#language", "zh-CN");
        await page.Page.Locator("#detail .description").GetByText(alert.Chinese.Description).WaitForAsync();
        Assert.That(await page.Page.Locator("html").GetAttributeAsync("lang"), Is.EqualTo("zh-CN"));
        Assert.That(await page.Rows.First.InnerTextAsync(), Does.Contain("严重").And.Contain("预期 180"));
        Assert.That(await page.Page.Locator("#connection").TextContentAsync(), Is.EqualTo("实时"));

        await page.Page.ReloadAsync();
        await page.Page.Locator("#detail .description").GetByText(alert.Chinese.Description).WaitForAsync();
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Language_OfTheBrowser_IsTheFirst()
    {
        await using var page = await Browser.Open(_dashboard.Address, new() { Locale = "zh-TW" });

        await page.Page.GetByText("一切正常").WaitForAsync();
    }

    [Test]
    public async Task Filter_MatchersAndWords_NarrowTheList()
    {
        await _dashboard.Journal.RecordAll(
        [
            SampleAlerts.Opened("llama-70b", "loss"),
            SampleAlerts.Opened("llama-8b", "grad_norm", AlertSeverity.Warning),
            SampleAlerts.Opened("chat", "ttft", AlertSeverity.Info, ("instance", "gpu-7")),
        ]);
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Shows("loss", "grad_norm", "ttft");

        await page.Page.FillAsync("#filter", "model=~\"llama.*\" severity!=critical");
        await page.Shows("grad_norm");
        await page.Page.FillAsync("#filter", "GPU-7");
        await page.Shows("ttft");
        await page.Page.FillAsync("#filter", "model=~\"[\"");
        await page.Page.Locator("#filter-error:not([hidden])").WaitForAsync();
        Assert.That(await page.Metrics(), Is.EqualTo(new[] { "ttft" }), "the last filter that could be read holds");
        await page.Page.FillAsync("#filter", "nothing-like-it");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Clear the filter" }).ClickAsync();
        await page.Shows("loss", "grad_norm", "ttft");

        await page.Page.Locator(".count.warning").ClickAsync();
        await page.Shows("grad_norm");
        Assert.That(await page.Page.InputValueAsync("#filter"), Is.EqualTo("severity=warning"));
    }

    [Test]
    public async Task Keyboard_WalksTheListAndOpens()
    {
        await _dashboard.Journal.RecordAll([SampleAlerts.Opened(metric: "first"),
            SampleAlerts.Opened(metric: "second", severity: AlertSeverity.Warning),
            SampleAlerts.Opened(metric: "third", severity: AlertSeverity.Info)]);
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Shows("first", "second", "third");
        await page.Page.Locator("#detail h2").GetByText("first").WaitForAsync();

        await page.Page.Keyboard.PressAsync("j");
        await page.Page.Keyboard.PressAsync("j");
        await page.Page.Keyboard.PressAsync("j");
        await page.Page.Keyboard.PressAsync("k");
        var focused = page.Page.Locator("#list a:focus");
        Assert.That(await focused.Locator(".metric").TextContentAsync(), Is.EqualTo("second"));
        Assert.That(await focused.EvaluateAsync<string>("row => getComputedStyle(row).outlineStyle"), Is.EqualTo("solid"));

        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Locator("#detail h2").GetByText("second").WaitForAsync();
        Assert.That(await page.Page.Locator("#list a[aria-current]").Locator(".metric").TextContentAsync(), Is.EqualTo("second"));

        await page.Page.Keyboard.PressAsync("/");
        Assert.That(await page.Page.EvaluateAsync<string>("document.activeElement.id"), Is.EqualTo("filter"));
    }

    [Test]
    public async Task Keyboard_FirstTabAndEnter_SkipsToTheAlerts()
    {
        await _dashboard.Journal.RecordAll([SampleAlerts.Opened(metric: "first")]);
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Shows("first");
        var skip = page.Page.Locator("#skip");
        Assert.That(await skip.EvaluateAsync<string>("button => getComputedStyle(button).clipPath"), Is.Not.EqualTo("none"));

        await page.Page.Keyboard.PressAsync("Tab");
        Assert.That(await skip.EvaluateAsync<string>("button => document.activeElement === button && getComputedStyle(button).clipPath"),
            Is.EqualTo("none"));

        await page.Page.Keyboard.PressAsync("Enter");
        Assert.That(await page.Page.Locator("#list a:focus .metric").TextContentAsync(), Is.EqualTo("first"));
    }

    [Test]
    public async Task List_OfACode_SaysItsMeaningAndNotItsNumber()
    {
        await _dashboard.Journal.RecordAll([SampleAlerts.Opened(metric: "xid") with
        {
            Value = 79,
            Expected = null,
            Detectors = [new("event-code", 2.4, 79)],
            English = new("XID 79: the GPU has fallen off the bus", "", []),
        }]);
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Shows("xid");

        Assert.That(await page.Page.Locator("#list .seen").TextContentAsync(), Is.EqualTo("XID 79: the GPU has fallen off the bus"));
        Assert.That(await page.Page.Locator("#list .score").TextContentAsync(), Is.Empty);
        Assert.That(await page.Page.Locator("#detail .facts").InnerTextAsync(),
            Does.Not.Contain("xpected").And.Not.Contain("core").And.Not.Contain("onfidence"));
        Assert.That(await page.Page.Locator("#detail .detectors").CountAsync(), Is.Zero);
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task List_OfAVerdict_CallsItOneAndNoAlertThatEnded()
    {
        var verdict = SampleAlerts.Opened(severity: AlertSeverity.Info) with
        {
            Value = null,
            Expected = null,
            Score = 0,
            Points = [],
            Detectors = [new("verdict", 0, 0)],
            English = new("llama-70b: rosa judged an alert on ttft_p99_ms false", "", []),
        };
        verdict = verdict with { RoutingLabels = verdict.RoutingLabels.With(("alertname", "LeptonStreamVerdict"), ("kind", "verdict")) };
        await _dashboard.Journal.RecordAll([verdict, SampleAlerts.Resolved(verdict)]);
        await using var page = await Browser.Open(new Uri(_dashboard.Address, "#status=resolved"));
        await page.Shows("ttft_p99_ms");

        var row = await page.Rows.First.InnerTextAsync();
        Assert.That(row, Does.StartWith("Verdict").And.Contain("rosa judged an alert"));
        Assert.That(row, Does.Not.Contain("Resolved").And.Not.Contain("lasted").And.Not.Contain("×"));
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Notified_OfInfo_SaysWhyNobodyIs()
    {
        await _dashboard.Journal.Record(SampleAlerts.Opened(severity: AlertSeverity.Info));
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.Locator("#detail .notified").GetByText("for the record").WaitForAsync();
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Focus_OnARowThatChangesMovesOrGoes_StaysInItsPlace()
    {
        var first = SampleAlerts.Opened(metric: "first");
        var second = SampleAlerts.Opened(metric: "second", severity: AlertSeverity.Warning);
        await _dashboard.Journal.RecordAll([first, second, SampleAlerts.Opened(metric: "third", severity: AlertSeverity.Info)]);
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Connected();
        await page.Rows.Nth(1).FocusAsync();

        await _dashboard.Journal.Record(second with { Id = new string('1', 32), Type = AlertEventType.Updated,
            Severity = AlertSeverity.Critical, Onset = first.Onset + TimeSpan.FromSeconds(1) });
        await page.Shows("second", "first", "third");
        Assert.That(await page.Page.Locator("#list a:focus .metric").TextContentAsync(), Is.EqualTo("second"));

        await _dashboard.Journal.Record(SampleAlerts.Resolved(second));
        await page.Shows("first", "third");
        Assert.That(await page.Page.Locator("#list a:focus .metric").TextContentAsync(), Is.EqualTo("first"));
    }

    [Test]
    public async Task Pause_HoldsTheListUntilResumed()
    {
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Connected();
        await page.Page.ClickAsync("#pause");

        await _dashboard.Journal.Record(SampleAlerts.Opened());
        await page.Page.GetByText("Resume (1 change)").WaitForAsync();
        Assert.That(await page.Rows.CountAsync(), Is.Zero);

        await page.Page.ClickAsync("#pause");
        await page.Shows("ttft_p99_ms");
    }

    [Test]
    public async Task Connection_LostAndBack_CatchesUpByItself()
    {
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Connected();

        await _dashboard.Stop();
        await page.Page.Locator("#connection[data-state=reconnecting]").WaitForAsync();
        Assert.That(await page.Page.Locator("#connection").TextContentAsync(), Is.EqualTo("Reconnecting"));
        await _dashboard.Journal.Record(SampleAlerts.Opened(metric: "meanwhile"));
        await _dashboard.StartAgain();

        await page.Shows("meanwhile");
        await page.Connected();
    }

    [Test]
    public async Task Status_Resolved_ShowsThoseThatAreOver()
    {
        var over = SampleAlerts.Opened(metric: "over");
        await _dashboard.Journal.RecordAll([SampleAlerts.Opened(metric: "open"), over, SampleAlerts.Resolved(over)]);
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Shows("open");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Ended", Exact = true }).ClickAsync();
        await page.Shows("over");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "All", Exact = true }).ClickAsync();
        await page.Shows("open", "over");
        await page.Page.GoBackAsync();
        await page.Shows("over");
    }

    [Test]
    public async Task Address_OfAnAlert_OpensIt()
    {
        var second = SampleAlerts.Opened(metric: "second", severity: AlertSeverity.Info);
        await _dashboard.Journal.RecordAll([SampleAlerts.Opened(metric: "first"), second]);

        await using var page = await Browser.Open(new Uri(_dashboard.Address, $"#alert={second.AlertId}"));

        await page.Page.Locator("#detail h2").GetByText("second").WaitForAsync();
    }

    [TestCase("en-US", "Not everything is watched: ", "no detector is running: the last report is of ",
        "80% of the records in lepton.metrics[0] were refused in the last minute (malformed_json 80); notifier: starting")]
    [TestCase("zh-CN", "监控不完整：", "没有检测器在运行：最后一次上报于 ",
        "lepton.metrics[0] 最近一分钟有 80% 的消息被拒绝（malformed_json 80）；通知器：正在启动")]
    public async Task Trouble_DetectorIsSilentOrRefusesMostRecords_IsARedLineUntilItIsWell(
        string locale, string start, string dead, string both)
    {
        var refused = StatusHealth.BlindnessOf(new()
        {
            Role = "detector", Instance = "host/1", Topic = "lepton.metrics", Partition = 0, At = DateTimeOffset.UtcNow,
            LastMinute = new() { Records = 100, RecordsRefused = new Dictionary<string, long> { ["malformed_json"] = 80 } },
        })!;
        await ReportBoth(TimeSpan.Zero);
        await using var page = await Browser.Open(_dashboard.Address, new() { Locale = locale });
        await page.Connected();
        var trouble = page.Page.Locator("#trouble");
        Assert.That(await trouble.IsVisibleAsync(), Is.False);

        await ReportBoth(TimeSpan.FromMinutes(1));
        await trouble.Filter(new() { HasText = start + dead }).WaitForAsync();
        Assert.That(
            await trouble.EvaluateAsync<string>("line => getComputedStyle(line).color"), Is.EqualTo("rgb(179, 32, 26)"), "--critical");

        await ReportBoth(TimeSpan.Zero, refused);
        await _dashboard.Journal.Report("notifier", TimeSpan.Zero, RoleProblem.Of(ProblemCode.Starting) with { Role = "notifier" });
        await trouble.Filter(new() { HasText = start + both }).WaitForAsync();

        await ReportBoth(TimeSpan.Zero, new RoleProblem("of_a_newer_program", "as it came", new Dictionary<string, string>()));
        await trouble.Filter(new() { HasText = start + "as it came" }).WaitForAsync();

        await ReportBoth(TimeSpan.Zero);
        await trouble.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        Assert.That(await page.Page.Locator("#connection").GetAttributeAsync("data-trouble"), Is.EqualTo("false"));
        Assert.That(await page.Caught(), Is.Empty);

        async Task ReportBoth(TimeSpan age, params RoleProblem[] problems)
        {
            await _dashboard.Journal.Report("notifier", TimeSpan.Zero);
            await _dashboard.Journal.Report("detector", age, problems);
        }
    }

    [TestCase("en-US")]
    [TestCase("zh-CN")]
    public async Task Header_At1280Pixels_IsOneLine(string locale)
    {
        await _dashboard.Journal.RecordAll(Enumerable.Range(0, 120).Select(i => SampleAlerts.Opened(metric: $"metric_{i}")));
        await using var page = await Browser.Open(_dashboard.Address, new()
            { Locale = locale, TimezoneId = "Asia/Kolkata", ViewportSize = new() { Width = 1280, Height = 800 } });
        await page.Connected();

        Assert.That(await page.Page.Locator("body > header").EvaluateAsync<double>("header => header.offsetHeight"), Is.LessThan(64));
        Assert.That(await page.Page.Locator("#filter").EvaluateAsync<double>("filter => filter.offsetWidth"), Is.GreaterThan(150));
    }

    [Test]
    public async Task Phone_ShowsOneColumnAndTheWayBack()
    {
        await _dashboard.Journal.Record(SampleAlerts.Opened(metric: new string('x', 200), labels: [("instance", new string('y', 300))]));
        await using var page = await Browser.Open(_dashboard.Address, new()
            { Locale = "en-US", ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true, IsMobile = true });

        await page.Rows.First.WaitForAsync();
        Assert.That(await page.Page.Locator("#detail").IsVisibleAsync(), Is.False);
        Assert.That(await IsTooWide(page), Is.False);

        await page.Rows.First.TapAsync();
        await page.Page.Locator(".plot canvas").WaitForAsync();
        Assert.That(await page.Rows.First.IsVisibleAsync(), Is.False);
        Assert.That(await IsTooWide(page), Is.False);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "All alerts" }).TapAsync();
        await page.Rows.First.WaitForAsync();
        Assert.That(await page.Caught(), Is.Empty);
    }

    [Test]
    public async Task Phone_BackFromAnAlert_IsWhereTheListWasLeft()
    {
        await _dashboard.Journal.RecordAll(Enumerable.Range(0, 30).Select(i => SampleAlerts.Opened(metric: $"metric_{i}")));
        await using var page = await Browser.Open(_dashboard.Address, new()
            { Locale = "en-US", ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true, IsMobile = true });
        await page.Rows.Nth(20).ScrollIntoViewIfNeededAsync();
        var place = await page.Page.EvaluateAsync<double>("scrollY");
        Assert.That(place, Is.GreaterThan(500));

        await page.Rows.Nth(20).TapAsync();
        await page.Page.Locator("#detail h2").WaitForAsync();
        Assert.That(await page.Page.EvaluateAsync<double>("scrollY"), Is.Zero);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "All alerts" }).TapAsync();
        await page.Rows.First.WaitForAsync();

        Assert.That(await page.Page.EvaluateAsync<double>("scrollY"), Is.EqualTo(place).Within(2));
    }

    [Test]
    public async Task Journal_NotAnsweringAtFirst_IsSaidAndTriedAgain()
    {
        await _dashboard.Journal.Record(SampleAlerts.Opened());
        await _dashboard.Journal.Execute("alter table alert rename to away");
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Page.GetByText("The alerts could not be loaded").WaitForAsync();
        Assert.That(await page.Page.Locator("#empty").InnerTextAsync(), Does.Contain("Storage:ConnectionString"));

        await _dashboard.Journal.Execute("alter table away rename to alert");

        await page.Shows("ttft_p99_ms");
        await page.Connected();
    }

    [Test]
    public async Task Journal_StopsAnswering_IsSaidInPlaceOfLive()
    {
        await using var page = await Browser.Open(_dashboard.Address);
        await page.Connected();

        await _dashboard.Journal.Execute("alter table alert_event rename to away");
        await page.Page.GetByText("Journal unreachable").WaitForAsync();

        await _dashboard.Journal.Execute("alter table away rename to alert_event");
        await page.Connected();
    }

    [TestCase(ColorScheme.Light)]
    [TestCase(ColorScheme.Dark)]
    public async Task Text_EverywhereOnThePage_StandsOutFromItsGround(ColorScheme scheme)
    {
        var over = SampleAlerts.Opened(metric: "over");
        await _dashboard.Journal.RecordAll([SampleAlerts.Opened(labels: [("a", "b")]), SampleAlerts.Opened(severity: AlertSeverity.Warning),
            SampleAlerts.Opened(severity: AlertSeverity.Info), over, SampleAlerts.Resolved(over)]);
        await using var page = await Browser.Open(new Uri(_dashboard.Address, "#status=all"), new()
            { ColorScheme = scheme, Locale = "en-US", ViewportSize = new() { Width = 1440, Height = 900 } });
        await page.Page.Locator(".toggle").ClickAsync();
        await page.Page.Locator(".points").WaitForAsync();

        var weak = await page.Page.EvaluateAsync<string[]>("""
            () => {
              const parse = colour => colour.match(/[\d.]+/g).map(Number);
              const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
              const ground = element => {
                for (let at = element; at; at = at.parentElement) {
                  const colour = parse(getComputedStyle(at).backgroundColor);
                  if (colour[3] !== 0) return colour;
                }
                return [255, 255, 255];
              };
              const weak = [];
              let checked = 0;
              const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (walk.nextNode()) {
                const element = walk.currentNode.parentElement;
                if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue;
                checked++;
                const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
                const ratio = (a + 0.05) / (b + 0.05);
                if (ratio < 4.5) weak.push(`${walk.currentNode.data.trim()}: ${ratio.toFixed(2)}`);
              }
              return checked > 100 ? weak : [`only ${checked} texts were found`];
            }
            """);

        Assert.That(weak, Is.Empty);
    }

    private static Task<bool> IsTooWide(WatchedPage page) =>
        page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth");
}
