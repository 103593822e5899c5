using System.Diagnostics;
using System.Net;
using System.Text.Json;
using LeptonStream.Cli.Demo;
using LeptonStream.Product.Tests.Simulator;
using LeptonStream.Simulator;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Demo;

/// <summary>
/// A short story through all roles on the embedded broker. Too short to learn from: what is tested is that nothing gets lost on the way.
/// </summary>
internal sealed class DemoRunTests
{
    private static readonly TimeSpan ShortStory = TimeSpan.FromHours(8);

    [Test]
    public async Task Run_ShortStory_EveryEventIsJournalledAndEveryNotificationArrives()
    {
        var story = new Story { Duration = ShortStory, Seed = 3 };
        await using var stage = await DemoStage.Set(new() { Story = story, Once = true, Dashboard = false }, TimeProvider.System, default);
        using var run = new DemoRun(new() { Story = story }, stage, Stopwatch.StartNew());
        var result = await run.Run(default);
        var rehearsal = new Rehearsal(story);
        Assert.Multiple(() =>
        {
            Assert.That(stage.Warnings, Is.Empty);
            Assert.That(result.Samples, Is.EqualTo(rehearsal.Samples + rehearsal.Refused));
            Assert.That(result.Events, Is.EqualTo(rehearsal.Verdicts.Events).And.Positive);
            Assert.That(result.Journalled, Is.EqualTo(result.Events));
            Assert.That(result.DeadLetters, Is.Zero);
            Assert.That(result.Notifications, Is.EqualTo(result.Sent).And.Positive);
            Assert.That(result.Unsent, Is.Zero);
            Assert.That(result.Faults.Select(f => f.DelaySamples), Is.EqualTo(rehearsal.Verdicts.Faults.Select(f => f.DelaySamples)),
                "as without a broker");
            Assert.That(result.FalseAlerts.Select(f => f.Series), Is.EquivalentTo(rehearsal.Verdicts.FalseAlerts.Select(f => f.Series)));
            Assert.That(run.Progress.Share, Is.EqualTo(1));
            Assert.That(run.Progress.Phase, Is.EqualTo("done"));
        });
    }

    [Test]
    public async Task Run_WithDashboard_ServesTheAlertsOfTheStory()
    {
        var story = new Story { Duration = TimeSpan.FromHours(3) };
        await using var stage = await DemoStage.Set(new() { Story = story }, TimeProvider.System, default);
        using var client = new HttpClient { BaseAddress = stage.Dashboard };
        using var page = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Run_Stopped_GivesUpAtOnceAndLeavesNoFolder()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var options = new DemoOptions { Story = new(), Duration = TimeSpan.FromHours(1), Dashboard = false };
        var stage = await DemoStage.Set(options, TimeProvider.System, default);
        using (var run = new DemoRun(options, stage, Stopwatch.StartNew()))
            Assert.That(() => run.Run(stop.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.Exists(stage.Folder));
        await stage.DisposeAsync();
        Assert.That(Directory.Exists(stage.Folder), Is.False);
    }

    [Test]
    public async Task Program_Json_PrintsOneObjectAndExitsByIt()
    {
        var lepton = await Lepton("demo", "--json", "--no-dashboard", "--story", "6h");
        using var json = JsonDocument.Parse(lepton.Output);
        var found = json.RootElement.GetProperty("faults").EnumerateArray().Count(f => f.GetProperty("found").GetBoolean());
        var sound = found >= 10 && json.RootElement.GetProperty("falseAlerts").GetInt32() <= 3;
        Assert.That(lepton.ExitCode, Is.EqualTo(sound ? 0 : 1), lepton.Error);
        Assert.That(json.RootElement.GetProperty("samples").GetInt32(), Is.GreaterThan(100_000));
    }

    [TestCase("--story must lie between 3 h and 60 d", "--story", "1h")]
    [TestCase("--duration 'soon' is no duration: write a duration such as 500ms, 30s", "--duration", "soon")]
    [TestCase("--duration '1.5h' is no duration", "--duration", "1.5h")]
    [TestCase("give one of them", "--duration", "5s", "--speed", "10")]
    [TestCase("--speed must lie between 1 and 1000000", "--speed", "0")]
    [TestCase("Kafka:Foo is unknown", "--once", "--set", "Kafka:Foo=1")]
    public async Task Program_WrongUsage_SaysWhatIsAllowedAndExitsWithTwo(string said, params string[] arguments)
    {
        var lepton = await Lepton(["demo", .. arguments]);
        Assert.That(lepton.ExitCode, Is.EqualTo(2));
        Assert.That(lepton.Error, Does.Contain(said));
        Assert.That(lepton.Output, Is.Empty);
    }

    private static Task<ProgramResult> Lepton(params string[] arguments) =>
        ExternalProgram.Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "lepton.dll"), .. arguments]);
}
