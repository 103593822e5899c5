using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace LeptonStream.Dashboard.Live;

/// <summary>
/// The messages that wait for one open page. A page that reads too slowly loses the oldest messages, never holds up the others,
/// and is asked to load the list again.
/// </summary>
internal sealed class LiveClient
{
    public const int Capacity = 256;

    private readonly Channel<LiveMessage> _waiting;
    private bool _lost;

    public LiveClient(Action<LiveMessage> dropped) =>
        _waiting = Channel.CreateBounded<LiveMessage>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            message =>
            {
                Volatile.Write(ref _lost, true);
                dropped(message);
            });

    public void Offer(LiveMessage message) => _waiting.Writer.TryWrite(message);

    /// <summary>Ends <see cref="ReadAsync"/> once it has sent what waits.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    public async IAsyncEnumerable<LiveMessage> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var message in _waiting.Reader.ReadAllAsync(stop))
        {
            if (Interlocked.Exchange(ref _lost, false)) yield return LiveMessage.ResetTo(seq: null);
            yield return message;
        }
    }
}
