using LeptonStream.Dashboard.Live;

namespace LeptonStream.Roles.Tests.Dashboard;

public sealed class LiveClientTests
{
    [Test]
    public async Task ReadAsync_InTime_GetsEverythingInOrder()
    {
        var client = new LiveClient(_ => Assert.Fail("nothing may be dropped"));
        for (var i = 1; i <= LiveClient.Capacity; i++) client.Offer(Alert(i));
        client.Complete();

        var read = await ReadAll(client);

        Assert.That(read.Select(m => m.Seq), Is.EqualTo(Enumerable.Range(1, LiveClient.Capacity).Select(i => (long?)i)));
    }

    [Test]
    public async Task ReadAsync_TooLate_LosesTheOldestAndIsToldFirst()
    {
        var dropped = 0;
        var client = new LiveClient(_ => dropped++);
        for (var i = 1; i <= LiveClient.Capacity + 10; i++) client.Offer(Alert(i));
        client.Complete();

        var read = await ReadAll(client);

        Assert.That(dropped, Is.EqualTo(10));
        Assert.That(read[0].Kind, Is.EqualTo(LiveMessage.Reset));
        Assert.That(read[1].Seq, Is.EqualTo(11));
        Assert.That(read.Count(m => m.Kind == LiveMessage.Reset), Is.EqualTo(1));
        Assert.That(read[^1].Seq, Is.EqualTo(LiveClient.Capacity + 10));
    }

    private static LiveMessage Alert(long seq) => new(LiveMessage.Alert, seq, "{}");

    private static async Task<List<LiveMessage>> ReadAll(LiveClient client)
    {
        List<LiveMessage> read = [];
        await foreach (var message in client.ReadAsync(CancellationToken.None)) read.Add(message);
        return read;
    }
}
