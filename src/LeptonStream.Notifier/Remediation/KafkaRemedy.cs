using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Notifier.Channels;

namespace LeptonStream.Notifier.Remediation;

/// <summary>Writes the request to <c>lepton.actions</c>, keyed by the model.</summary>
internal sealed class KafkaRemedy(ChannelFactory channels, TopicNames topics) : IRemedy
{
    public async Task<RemedyOutcome> Execute(RemediationRow row, CancellationToken cancellation)
    {
        try
        {
            var written = await channels.Kafka.Write(topics.Actions, ActionRecord.Of(row.Payload!, row.Actor), cancellation);
            return new(RemedyResult.Done, $"{topics.Actions}[{written.Partition.Value}]@{written.Offset.Value}");
        }
        catch (ProduceException<string, byte[]> large) when (large.Error.Code == ErrorCode.MsgSizeTooLarge)
        {
            return new(RemedyResult.Never, $"{topics.Actions}: {large.Error.Words()}");
        }
        catch (KafkaException failed)
        {
            return new(RemedyResult.Later, $"{topics.Actions}: {failed.Error.Words()}");
        }
    }
}
