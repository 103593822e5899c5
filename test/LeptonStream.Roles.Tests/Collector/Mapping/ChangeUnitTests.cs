using LeptonStream.Collector.Mapping;
using static LeptonStream.Roles.Tests.Collector.Mapping.MappingPayload;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>A change is converted as the total of it would be.</summary>
public sealed class ChangeUnitTests
{
    [TestCase("J", 10.0)]
    [TestCase("mJ", 10.0)]
    [TestCase("kJ", 0.5)]
    public void Map_AChangeWithAUnit_IsTheSampleOfItsTotal(string unit, double growth)
    {
        const string Energy = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{job=j,gpu=0}";
        var totals = new PointMapper(CollectorConfig.Default);
        new MappingPayload().Total(Energy, 0, 5).Unit(unit).MapBy(totals);
        var total = SamplesOf(new MappingPayload().Total(Energy, 10, 5 + growth).Unit(unit).MapBy(totals));
        var change = SamplesOf(new MappingPayload().Change(Energy, 10, growth, start: 0).Unit(unit)
            .MapBy(new PointMapper(CollectorConfig.Default)));
        Assert.That(total, Has.Length.EqualTo(1));
        Assert.That(change, Is.EqualTo(total));
    }
}
