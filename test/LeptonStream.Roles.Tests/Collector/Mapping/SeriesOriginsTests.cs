using LeptonStream.Collector.Mapping;
using NUnit.Framework;
using static LeptonStream.Roles.Tests.Collector.Mapping.MappingPayload;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SeriesOriginsTests
{
    private readonly SeriesOrigins _origins = new();

    [Test]
    public void Map_OneSeriesFromTwoPartitions_IsSaid()
    {
        var (first, second) = (Mapper(0), Mapper(1));
        first(0);
        second(10);
        Assert.That(_origins.Count, Is.EqualTo(1));
        Assert.That(_origins.Shared.Single(), Is.EqualTo(new SharedSeries("g of j", "topic/0", "topic/1", At(10))));
    }

    [Test]
    public void Map_APartitionThatAnotherMapperTookOver_IsNothingToSay()
    {
        Mapper(0)(0);
        Mapper(0)(10);
        Assert.That(_origins.Count, Is.Zero);
    }

    [Test]
    public void Map_ASourceThatReplacedAnotherMinutesAgo_IsNothingToSay()
    {
        Mapper(0)(0);
        Mapper(1)(200);
        Assert.That(_origins.Count, Is.Zero);
    }

    private Action<double> Mapper(int partition)
    {
        var mapper = new PointMapper(CollectorConfig.Default, _origins);
        return time => new MappingPayload().Gauge("g{job=j}", time, 1).MapBy(mapper, new("topic", SourceLabels.None, partition));
    }
}
