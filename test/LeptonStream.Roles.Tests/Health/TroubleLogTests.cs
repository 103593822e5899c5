using LeptonStream.Health;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Health;

public sealed class TroubleLogTests
{
    private readonly FakeTimeProvider _clock = new();
    private Lines _lines = null!;
    private TroubleLog _log = null!;

    [SetUp]
    public void Begin() => _log = new(_lines = new(), _clock);

    [Test]
    public void Report_Trouble_IsSaidAtOnceAndThenOnceAMinute()
    {
        _log.Set("lag", "7 records wait");
        for (var second = 0; second < 60; second++) Round();
        Assert.That(_lines.Said, Is.EqualTo(new[] { "Warning Trouble in the last minute: 7 records wait" }));

        Round();
        Assert.That(_lines.Said, Has.Count.EqualTo(2));
    }

    [Test]
    public void Report_ANote_IsInformationAndDelaysNoTrouble()
    {
        _log.Note("cold", "2 partitions are cold");
        Round();
        _log.Count("records dead-lettered", "too_large");
        Round();
        Round();

        Assert.That(_lines.Said, Is.EqualTo(new[]
        {
            "Information Noted: 2 partitions are cold",
            "Warning Trouble in the last minute: 1 record dead-lettered (too_large 1); 2 partitions are cold",
        }));
    }

    [Test]
    public void Report_NothingWrong_SaysNothing()
    {
        _log.Set("lag", "7 records wait");
        _log.Set("lag", null);
        Round();
        Assert.That(_lines.Said, Is.Empty);
    }

    [Test]
    public void Report_TroublesOfSeveralLoops_AreOneLineThatSaysWhatIsCommonOnce()
    {
        var parts = TroubleLog.Shared(_lines, _clock, ["loop 1", "loop 2"]);
        foreach (var part in parts)
        {
            part.Count("records dead-lettered", "too_large");
            part.Set("policies", "the file is refused");
        }

        parts[1].Set("lag", "7 records wait");
        foreach (var part in parts) part.Report();
        parts[0].Set("policies", null);
        _clock.Advance(TimeSpan.FromMinutes(1));
        foreach (var part in parts) part.Report();

        Assert.That(_lines.Said, Is.EqualTo(new[]
        {
            "Warning Trouble in the last minute: loop 2: 7 records wait; the file is refused; 2 records dead-lettered (too_large 2)",
            "Warning Trouble in the last minute: loop 2: 7 records wait; loop 2: the file is refused",
        }));
    }

    private void Round()
    {
        _log.Report();
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    private sealed class Lines : ILogger
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Said.Add($"{logLevel} {formatter(state, exception)}");
    }
}
