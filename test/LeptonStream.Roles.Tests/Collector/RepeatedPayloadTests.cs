using System.Diagnostics.Metrics;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Collector;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Senders repeat whatever was not answered in time, and send in parts what was too much.</summary>
public sealed class RepeatedPayloadTests : IRecordSink
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(55));
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<TaskCompletionSource<SendResult>> _sends = [];
    private PayloadIntake _intake = null!;
    private IntakeSource _source = null!;
    private long _room;

    [SetUp]
    public void Begin()
    {
        var mapping = new IntakeMapping();
        var metrics = new CollectorMetrics(_services.GetRequiredService<IMeterFactory>(), new MemoryBudget(1 << 20), mapping);
        var options = new CollectorOptions();
        _intake = new(mapping, this, Options.Create(options), metrics, _time, NullLogger<PayloadIntake>.Instance);
        _source = new("a", options, _time);
        _sends.Clear();
        _room = long.MaxValue;
    }

    [OneTimeTearDown]
    public void Stop() => _services.Dispose();

    [Test]
    public async Task Take_ARepetitionWhileTheFirstIsOnItsWay_IsAnsweredWithTheFirst([Values] bool isTaken)
    {
        var first = Take(Line(1));
        var second = Take(Line(1));
        Assert.That(second.IsCompleted, Is.False);
        Answer(isTaken);
        Assert.That((await first).Status, Is.EqualTo(isTaken ? 200 : 503));
        Assert.That((await second).Status, Is.EqualTo(isTaken ? 200 : 503));
    }

    [Test]
    public async Task Take_PointsOfWhichSomeAreOnTheirWay_WaitsForThem()
    {
        var first = Take(Line(1));
        var second = Take(Line(1) + Line(2));
        Answer(isTaken: true);
        Assert.That((await first).Status, Is.EqualTo(200));
        Assert.That(second.IsCompleted, Is.False);
        Answer(isTaken: true);
        Assert.That((await second).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Take_OtherPoints_WaitsForNobody()
    {
        var first = Take(Line(1));
        var second = Take(Line(2));
        Answer(isTaken: true, at: 1);
        Assert.That((await second).Status, Is.EqualTo(200));
        Assert.That(first.IsCompleted, Is.False);
        Answer(isTaken: true);
        await first;
    }

    [Test]
    public async Task Take_SeveralTimesOfASeriesOnceMore_AreNoFault()
    {
        var payload = Line(1) + Line(2) + Line(3);
        var first = Take(payload);
        Answer(isTaken: true);
        await first;
        var again = await Take(payload);
        Assert.That((again.Status, again.Rejected), Is.EqualTo((200, 0)));
        Assert.That((await Take(Line(0))).Status, Is.EqualTo(400), "older points that never came are refused");
    }

    [Test]
    public async Task Take_MoreThanThereIsRoomFor_IsTakenWhenItComesAgain()
    {
        _room = 0;
        Assert.That((await Take(Line(1))).Status, Is.EqualTo(503));
        _room = long.MaxValue;
        var again = Take(Line(1));
        Answer(isTaken: true);
        Assert.That((await again).Status, Is.EqualTo(200));
        Assert.That(_sends, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Take_TooMuchAtOnce_IsTakenInParts()
    {
        var labels = string.Join(",", Enumerable.Range(0, 30).Select(i => $"\"l{i:00}\":\"{new string('x', 1000)}\""));
        string[] lines = [.. Enumerable.Range(0, 2500).Select(i =>
            $"{{\"model\":\"m\",\"ts\":{1735689600 - 3000 + i},\"labels\":{{{labels}}},\"metrics\":{{\"a\":1}}}}\n")];
        var whole = Take(string.Concat(lines));
        Assert.That((await whole).Status, Is.EqualTo(413));
        var part = Take(string.Concat(lines.Take(100)));
        Answer(isTaken: true);
        Assert.That((await part).Rejected, Is.Zero);
        Assert.That(_sends, Has.Count.EqualTo(1));
    }

    // Its points are nobody's yet: the second has them.
    [Test]
    public async Task Take_WhileAnEarlierPayloadIsNotMapped_WaitsForNothing([Values] bool isSame)
    {
        using ManualResetEventSlim isHeld = new(), mayGo = new();
        var first = Task.Run(() => Take(isSame ? Line(1) : Line(1) + Line(2), _ =>
        {
            isHeld.Set();
            mayGo.Wait();
            return false;
        }));
        isHeld.Wait();
        var before = Take(Line(1));
        Answer(isTaken: true);
        await before;
        var second = Take(Line(1));
        Assert.That(second.IsCompletedSuccessfully, Is.True, "it waits for a payload that has taken none of its points");
        Assert.That((await second).Status, Is.EqualTo(200));
        mayGo.Set();
        Assert.That((await first).Status, Is.EqualTo(503));
    }

    string? IRecordSink.Trouble => null;

    async Task<SendResult> IRecordSink.Send(IReadOnlyList<Message<byte[]?, byte[]?>> records, Action release)
    {
        var send = new TaskCompletionSource<SendResult>();
        _sends.Add(send);
        release();
        return await send.Task;
    }

    private void Answer(bool isTaken, int? at = null) => _sends.Where(send => !send.Task.IsCompleted).ElementAt(at ?? 0)
        .SetResult(new(isTaken ? 1 : 0, 0, isTaken ? null : new Error(ErrorCode.Local_MsgTimedOut)));

    private Task<IntakeReport> Take(string payload, Func<long, bool>? tryTakeRoom = null) => _intake.Take(
        new(Encoding.UTF8.GetBytes(payload), "", "native_json", _source, new SourceContext("samples"),
            tryTakeRoom ?? (bytes => bytes <= _room), static _ => { }, static () => static () => { }));

    private static string Line(int second) => $"{{\"model\":\"m\",\"ts\":{1735689500 + second},\"metrics\":{{\"a\":1}}}}\n";
}
