using System.IO.Hashing;
using System.Text.Json;
using LeptonStream.Drift;

namespace LeptonStream.Samples;

/// <content>
/// Summaries of many values (docs/drift.md). Messages with them are large and rare: their arrays are allocated.
/// </content>
public sealed partial class NativeJsonFormat
{
    private readonly DistributionReader _distributions = new(limits);

    private RejectReason ReadDistributions(ref Utf8JsonReader reader, SampleBatch batch)
    {
        if (reader.TokenType == JsonTokenType.Null) return RejectReason.None;
        if (reader.TokenType != JsonTokenType.StartObject)
            return Refuse(RejectReason.WrongType, $"'distributions' is a JSON {Kind(reader.TokenType)}, not an object");
        _names.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_names.Count == limits.Distributions)
                return Refuse(RejectReason.TooMany, $"'distributions' has more than {limits.Distributions} entries");
            var reason = ReadText(ref reader, "distributions (a name)", limits.NameBytes, batch, out var name);
            if (reason != RejectReason.None) return reason;
            if (!_names.Add(XxHash128.HashToUInt128(batch.BytesOf(name))))
                return Refuse(RejectReason.DuplicateField, "'distributions' has a name twice");
            reader.Read();
            // Not measured.
            if (reader.TokenType == JsonTokenType.Null) continue;
            reason = _distributions.Read(ref reader, out var sample, out var reference);
            if (reason != RejectReason.None) return Refuse(reason, $"distribution '{Given(batch.BytesOf(name))}': {_distributions.Detail}");
            // Without values there is nothing to compare.
            if (sample is not null) batch.AddDistribution(new(name, sample, reference));
        }

        return RejectReason.None;
    }

    // Two producers of one series: a metric has the name of the series that a distribution beside it makes.
    private static string? NameOfADistance(SampleBatch batch, int firstMetric, int firstDistribution)
    {
        var distributions = batch.DistributionsSince(firstDistribution);
        if (distributions.IsEmpty) return null;
        foreach (ref readonly var metric in batch.MetricsSince(firstMetric))
        {
            var name = batch.BytesOf(metric.Name);
            for (var i = 0; i < DriftNames.Count; i++)
            {
                if (!name.EndsWith(DriftNames.SuffixOf(i))) continue;
                foreach (ref readonly var distribution in distributions)
                    if (batch.BytesOf(distribution.Name).SequenceEqual(name[..^DriftNames.SuffixOf(i).Length])) return Given(name);
            }
        }

        return null;
    }
}
