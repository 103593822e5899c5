using LeptonStream.Resilience;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Roles.Tests.Health;

public sealed class RoundsTests
{
    [Test]
    public async Task Run_ARoundFailsUnforeseen_TheNextFollowsUntilItIsToStop()
    {
        using var stop = new CancellationTokenSource();
        var rounds = 0;
        await Rounds.Run(
            async _ =>
            {
                await Task.Yield();
                if (++rounds == 5) await stop.CancelAsync();
                throw rounds % 2 == 0 ? new TaskCanceledException() : new FormatException();
            },
            TimeSpan.FromMilliseconds(1), TimeProvider.System, NullLogger.Instance, stop.Token).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(rounds, Is.EqualTo(5));
    }
}
