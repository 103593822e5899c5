using System.Collections.Concurrent;
using LeptonStream.Notifier.Channels;

namespace LeptonStream.Notifier.Outbox;

/// <summary>
/// The rates of this process. The other side counts by robot or account: channels that use the same one share its bucket, in whichever
/// receivers they stand, and a changed routing file fills no bucket.
/// </summary>
internal sealed class SendRates(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TokenBucket> _buckets = new();

    /// <summary>The bucket of a channel; null where it is sent to as fast as it answers.</summary>
    public TokenBucket? Of(ChannelSettings settings) =>
        settings.Rate is { } rate ? _buckets.GetOrAdd(settings.RateKey, _ => new TokenBucket(rate, time)) : null;
}
