using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dapper;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

[Parallelizable]
public sealed class OutboxDeliveryTests
{
    private DeliveryRig _rig = null!;

    [SetUp]
    public async Task MakeRig() => _rig = await DeliveryRig.Create("ops", "pager");

    [TearDown]
    public async Task RemoveRig() => await _rig.DisposeAsync();

    [Test]
    public async Task Deliver_ReceiverAnswers_IsSentOnceWithTheHeadersOfAWebhook()
    {
        _rig.Start();
        await _rig.Add("ops", "latency");
        await _rig.Becomes("latency", "sent");

        var call = _rig.Sink.Calls.Single();
        Assert.That(call.Path, Is.EqualTo("ops"));
        Assert.That(call.Headers["content-type"], Is.EqualTo("application/json"));
        Assert.That(call.Headers["user-agent"], Does.StartWith("LeptonStream/"));
        Assert.That(long.Parse(call.Headers["webhook-timestamp"], CultureInfo.InvariantCulture),
            Is.EqualTo(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).Within(30));
        Assert.That(call.Id, Has.Length.EqualTo(32));
        Assert.That((await _rig.States())["latency"].Attempts, Is.EqualTo(1));
    }

    [Test]
    public async Task Deliver_MoreThanADestinationShouldGet_FoldsTheRestIntoADigest()
    {
        for (var number = 0; number < 100; number++) await _rig.Add("ops", $"m{number}", $"group{number}");
        _rig.Start(("StormLimit", "20"));
        await _rig.Sink.Receives(1);
        var digest = _rig.Sink.Calls.Single().Body;
        Assert.That(digest.GetProperty("notification_reason").GetString(), Is.EqualTo("digest"));
        Assert.That(digest.GetProperty("alerts").GetArrayLength(), Is.EqualTo(100));
        await using var connection = await _rig.Database.Open();
        Assert.That(await connection.ExecuteScalarAsync<long>("select count(*) from notification where status = 'folded'"),
            Is.EqualTo(100));
    }

    [Test]
    public async Task Deliver_AddressWithUserAndPassword_SendsThemAndLogsNeither()
    {
        _rig.Move("ops", _rig.Sink.Url("ops").Replace("http://", "http://user:p%40ss@", StringComparison.Ordinal));
        _rig.Sink.Answer = _ => new SinkAnswer(403);
        _rig.Start();
        await _rig.Add("ops", "latency");
        await _rig.Becomes("latency", "dead");

        Assert.That(_rig.Sink.Calls.Single().Headers["authorization"], Is.EqualTo("Basic " + Convert.ToBase64String("user:p@ss"u8)));
        Assert.That((await _rig.States())["latency"].Error, Does.Not.Contain("user").And.Not.Contain("ss@"));
    }

    [Test]
    public async Task Deliver_ReceiverFailsForAWhile_TriesAgainUnderTheSameId()
    {
        _rig.Sink.Answer = _ => new SinkAnswer(_rig.Sink.Calls.Count <= 5 ? 503 : 200);
        _rig.Start();
        await _rig.Add("ops", "latency");
        await _rig.Becomes("latency", "sent");

        Assert.That(_rig.Sink.Calls, Has.Count.EqualTo(6));
        Assert.That(_rig.Sink.Calls.Select(call => call.Id).Distinct().Count(), Is.EqualTo(1));
        Assert.That((await _rig.States())["latency"].Attempts, Is.EqualTo(6));
    }

    [Test]
    public async Task Deliver_TooManyRequests_NobodyCallsBeforeTheReceiverSaid()
    {
        var refusedAt = DateTimeOffset.MinValue;
        _rig.Sink.Answer = call =>
        {
            if (_rig.Sink.Calls.Count > 1) return new SinkAnswer();
            refusedAt = DateTimeOffset.UtcNow;
            return new SinkAnswer(429, RetryAfter: "3");
        };
        await _rig.Add("ops", "first", group: "a");
        var host = _rig.Start();
        await _rig.Sink.Receives(1);
        await Eventually.True(() => _rig.States().GetAwaiter().GetResult()["first"].Attempts == 1, "the refusal is written down");

        // Another notification of the same destination, and even another process, must wait as well.
        await _rig.Add("ops", "second", group: "b");
        await _rig.Stop(host);
        _rig.Start();
        await _rig.Becomes("first", "sent");
        await _rig.Becomes("second", "sent");

        Assert.That(_rig.Sink.Calls.Skip(1).Min(call => call.At) - refusedAt,
            Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(_rig.Sink.Calls, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Deliver_RetryAfterAsADate_IsObeyedToo()
    {
        var notBefore = DateTimeOffset.UtcNow.AddSeconds(3);
        _rig.Sink.Answer = _ =>
            _rig.Sink.Calls.Count > 1
            ? new SinkAnswer()
            : new SinkAnswer(503, RetryAfter: notBefore.ToString("R", CultureInfo.InvariantCulture));
        _rig.Start();
        await _rig.Add("ops", "latency");
        await _rig.Becomes("latency", "sent");

        Assert.That(_rig.Sink.Calls[1].At,
            Is.GreaterThanOrEqualTo(new DateTimeOffset(notBefore.Ticks - (notBefore.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero)));
    }

    [Test]
    public async Task Deliver_ReceiverHangs_TimesOutAndHoldsUpNobodyElse()
    {
        _rig.Sink.Answer = call => call.Path == "ops" ? new SinkAnswer { Delay = TimeSpan.FromSeconds(30) } : new SinkAnswer();
        _rig.Start(("SendTimeoutSeconds", "2"), ("ConcurrentSends", "1"));
        await _rig.Add("ops", "hangs");
        await _rig.Sink.Receives(1);
        for (var i = 0; i < 20; i++) await _rig.Add("pager", $"page{i}", group: $"group{i}");

        await _rig.Becomes("page19", "sent", TimeSpan.FromSeconds(10));
        Assert.That((await _rig.States())["hangs"].Status, Is.EqualTo("pending"));
        await Eventually.True(() => _rig.States().GetAwaiter().GetResult()["hangs"].Error == "no answer within 2 s",
            "the time-out is written down");
    }

    [Test]
    public async Task Deliver_StormOfASlowDestination_ACriticalPageDoesNotWaitBehindIt()
    {
        const int Storm = 40;
        _rig.Sink.Answer = call => new SinkAnswer { Delay = TimeSpan.FromMilliseconds(call.Metrics("firing")[0] == "page" ? 0 : 1_000) };
        for (var i = 0; i < Storm; i++) await _rig.Add("ops", $"storm{i}", group: $"group{i}");
        _rig.Start(("ConcurrentSends", "2"));
        await _rig.Sink.Receives(2);
        await _rig.Add("ops", "page", group: "page", severity: "critical");
        await _rig.Becomes("page", "sent");

        Assert.That(_rig.Sink.Calls, Has.Count.LessThan(Storm / 2));
    }

    [Test]
    public async Task Deliver_NobodyListens_IsDeliveredWhenSomebodyDoes()
    {
        var port = FreePort();
        _rig.Move("ops", $"http://127.0.0.1:{port}/secret-path");
        _rig.Start();
        await _rig.Add("ops", "latency");
        await Eventually.True(() => _rig.States().GetAwaiter().GetResult()["latency"].Error is not null, "the failure is written down");
        var error = (await _rig.States())["latency"].Error;

        await using var late = await WebhookSink.Start(port);
        await _rig.Becomes("latency", "sent");

        Assert.That(late.Calls, Has.Count.EqualTo(1));
        Assert.That(error, Does.Contain($"http://127.0.0.1:{port}/…").And.Contain("refused").And.Not.Contain("secret"));
    }

    [TestCase(400)]
    [TestCase(401)]
    [TestCase(404)]
    [TestCase(410)]
    [TestCase(301)]
    public async Task Deliver_ReceiverRefuses_IsDeadAtOnceAndSaysWhy(int status)
    {
        _rig.Sink.Answer = _ => new SinkAnswer(status, Location: _rig.Sink.Url("elsewhere"), Body: "no such\u0007 hook");
        _rig.Start();
        await _rig.Add("ops", "latency");
        await _rig.Becomes("latency", "dead");

        Assert.That(_rig.Sink.Calls, Has.Count.EqualTo(1));
        Assert.That((await _rig.States())["latency"].Error,
            Does.Contain($"HTTP {status}").And.Contain("no such hook").And.Not.Contain("/ops"));
    }

    [Test]
    public async Task Deliver_FailsForTooLong_IsDeadAndSaysWhy()
    {
        _rig.Sink.Answer = _ => new SinkAnswer(500);
        _rig.Start(("GiveUpAfterHours", "1"));
        await _rig.Add("ops", "latency", hoursAgo: 1.01);
        await _rig.Becomes("latency", "dead");

        Assert.That((await _rig.States())["latency"].Error, Does.StartWith("given up after 1 h; last: ").And.Contain("HTTP 500"));
    }

    [Test]
    public async Task Deliver_ProcessDiedBeforeItWroteDown_SendsAgainUnderTheSameId()
    {
        await _rig.Add("ops", "latency");
        var claimed = await _rig.Outbox.Claim(
            new Destination("ops", "webhook/0"), Lane.Ordinary, ClaimScope.All, TimeProvider.System.Now(), TimeSpan.FromSeconds(2),
            limit: 1, CancellationToken.None);

        _rig.Start();
        await Task.Delay(1_000);
        var early = _rig.Sink.Calls.Count;
        await _rig.Becomes("latency", "sent");

        Assert.That(early, Is.Zero, "the lease still held");
        Assert.That(_rig.Sink.Calls.Select(call => call.Id), Is.EqualTo(new[] { claimed.Single().Id }));
    }

    [Test]
    public async Task Deliver_OneGroup_KeepsItsOrderThroughFailures()
    {
        _rig.Sink.Answer = call =>
            new SinkAnswer(call.Metrics("firing")[0] == "first" && _rig.Sink.Calls.Count(c => c.Metrics("firing")[0] == "first") <= 4
            ? 500
            : 200);
        await _rig.Add("ops", "first");
        await _rig.Add("ops", "second");
        await _rig.Add("ops", "other", group: "other");
        _rig.Start();
        await _rig.Becomes("second", "sent");

        var order = _rig.Sink.Calls.Select(call => call.Metrics("firing")[0]).ToArray();
        Assert.That(order.Where(metric => metric != "other"), Is.EqualTo(new[] { "first", "first", "first", "first", "first", "second" }));
        Assert.That(Array.IndexOf(order, "other"), Is.LessThan(4), "another group does not wait");
    }

    [Test]
    public async Task Deliver_MostAttemptsFail_LeavesTheDestinationAloneForAWhileAndDropsNothing()
    {
        _rig.Sink.Answer = _ => new SinkAnswer(500);
        for (var i = 0; i < 12; i++) await _rig.Add("ops", $"alert{i}", group: $"group{i}");
        _rig.Start();
        await Eventually.True(() =>
            _rig.States().GetAwaiter().GetResult().Values.Any(state =>
            state.Error?.StartsWith("held back", StringComparison.Ordinal) == true), "the circuit opens");
        await Task.Delay(500);
        var calls = _rig.Sink.Calls.Count;
        await Task.Delay(3_000);

        Assert.That(_rig.Sink.Calls, Has.Count.EqualTo(calls), "nobody calls while it is open");
        Assert.That((await _rig.States()).Values.Select(state => state.Status), Is.All.EqualTo("pending"));
    }

    [Test]
    public async Task Stop_WhileReceiverThinks_ComesBackAtOnceAfterwards()
    {
        _rig.Sink.Answer = _ => new SinkAnswer { Delay = _rig.Sink.Calls.Count == 1 ? TimeSpan.FromSeconds(30) : TimeSpan.Zero };
        var host = _rig.Start();
        await _rig.Add("ops", "latency");
        await _rig.Sink.Receives(1);

        await _rig.Stop(host);
        _rig.Start();
        await _rig.Becomes("latency", "sent", TimeSpan.FromSeconds(5));

        Assert.That(_rig.Sink.Calls.Select(call => call.Id).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task MarkOrphansDead_DestinationIsGone_IsDeadAndNeverSilent()
    {
        await _rig.Add("gone", "latency");
        await _rig.Add("ops", "errors");

        Destination[] known = [new("ops", "webhook/0")];
        var now = Samples.Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        var (early, marked) = (await _rig.Outbox.MarkOrphansDead(known, now - TimeSpan.FromMinutes(10), CancellationToken.None),
            await _rig.Outbox.MarkOrphansDead(known, now + TimeSpan.FromMinutes(1), CancellationToken.None));

        Assert.That(early, Is.Empty, "a notifier with a newer routing file may have the receiver");
        Assert.That(marked, Is.EqualTo(new[] { (new Destination("gone", "webhook/0"), 1) }));
        Assert.That((await _rig.States())["latency"].Status, Is.EqualTo("dead"));
        Assert.That((await _rig.States())["errors"].Status, Is.EqualTo("pending"));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
