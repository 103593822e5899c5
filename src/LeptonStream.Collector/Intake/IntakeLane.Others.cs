using System.Runtime.InteropServices;
using System.Text;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Series;

namespace LeptonStream.Collector.Intake;

/// <content>Records beside those of samples: distributions and versions that are passed on, and the ends of series.</content>
internal sealed partial class IntakeLane
{
    // The detector refuses a message with more.
    private const int MostDistributions = 64;
    private const int MostEnded = 1024;

    // Of 1 MiB that the detector takes; names and labels take their room beside them.
    private const int MostDistributionBytes = 768 * 1024;

    private bool WriteDistributions(SeriesLimit? limit)
    {
        var all = Mapped.Distributions;
        for (var first = 0; first < all.Length;)
        {
            var (count, bytes) = (1, all[first].Json.Length);
            while (first + count < all.Length && count < MostDistributions && IsBeside(all[first], all[first + count])
                && (bytes += all[first + count].Json.Length) <= MostDistributionBytes) count++;
            if (!WriteDistributions(all.Slice(first, count), limit)) return false;
            first += count;
        }

        return true;
    }

    private bool WriteDistributions(ReadOnlySpan<MappedDistribution> distributions, SeriesLimit? limit)
    {
        var passing = new List<MappedDistribution>(distributions.Length);
        foreach (ref readonly var distribution in distributions)
        {
            if (limit is null || limit.Check([distribution.Series.Id], _mayPass) == 0) passing.Add(distribution);
            else BeyondSeries++;
        }

        if (passing.Count == 0) return true;
        _json.ResetWrittenCount();
        NativeMessages.Write(CollectionsMarshal.AsSpan(passing), _json);
        Samples += passing.Count;
        return TryAdd(passing[0].Series.Entity);
    }

    private static bool IsBeside(in MappedDistribution one, in MappedDistribution other) =>
        ReferenceEquals(one.Series.Entity, other.Series.Entity) && one.Time == other.Time && one.Step == other.Step;

    private bool WriteVersions(SeriesLimit? limit)
    {
        foreach (ref readonly var version in Mapped.Versions)
        {
            // Each counts as a series, since anybody can think up versions, too.
            if (limit?.Check([SeriesId.OfMetric(version.Entity.Id, Encoding.UTF8.GetBytes(version.Version))], _mayPass) > 0)
            {
                BeyondSeries++;
                continue;
            }

            _json.ResetWrittenCount();
            NativeMessages.Write(version, _json);
            if (!TryAdd(version.Entity)) return false;
        }

        return true;
    }

    private void WriteEnded()
    {
        if (Mapped.Ended.Length == 0) return;
        var byEntity = new Dictionary<(MappedEntity, long), List<MappedSeries>>();
        foreach (ref readonly var ended in Mapped.Ended)
        {
            ref var series = ref CollectionsMarshal.GetValueRefOrAddDefault(byEntity, (ended.Series.Entity, ended.Time), out _);
            (series ??= []).Add(ended.Series);
        }

        foreach (var ((entity, time), series) in byEntity)
        {
            foreach (var part in series.Chunk(MostEnded))
            {
                _json.ResetWrittenCount();
                NativeMessages.WriteEnded(entity, time, part, _json);
                // Ends beyond the limit cost no sample: those series end by their silence.
                if (_bytes + _json.WrittenCount > MostRecordBytes) return;
                TryAdd(entity);
            }
        }
    }
}
