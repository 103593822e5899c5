using LeptonStream.Backtest;

namespace LeptonStream.Product.Tests.Backtest;

/// <summary>Constants as a capability declares them.</summary>
public sealed record SampleTuning
{
    public static SampleTuning Default { get; } = new();

    public double Tolerated { get; init; } = 8;

    public int Least { get; init; } = 3;

    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(1);

    public bool IsOn { get; init; } = true;
}

internal sealed class TuningCatalogTests
{
    private readonly TuningCatalog _catalog = new(typeof(SampleTuning).Assembly);

    [Test]
    public void Set_KnownNames_ChangesWhatTheCapabilityReads()
    {
        string?[] wrong = [_catalog.Set("Sample.Tolerated=16.5"), _catalog.Set("sample.least=4"), _catalog.Set("Sample.Wait=00:05:00"),
            _catalog.Set("Sample.IsOn=false")];

        Assert.That(wrong, Is.All.Null);
        Assert.That(SampleTuning.Default,
            Is.EqualTo(new SampleTuning { Tolerated = 16.5, Least = 4, Wait = TimeSpan.FromMinutes(5), IsOn = false }));
    }

    [TestCase("Sample.Tolerate=1", "--set Sample.Tolerate: there is no such constant; the nearest are Sample.Tolerated")]
    [TestCase("Sample.Least=1.5", "--set Sample.Least: '1.5' must be a whole number")]
    [TestCase("Sample.Tolerated=much", "--set Sample.Tolerated: 'much' must be a number")]
    [TestCase("Sample.Wait=soon", "--set Sample.Wait: 'soon' must be a time such as 00:05:00")]
    [TestCase("Sample.IsOn=perhaps", "--set Sample.IsOn: 'perhaps' must be true or false")]
    [TestCase("Sample.Tolerated", "--set Sample.Tolerated: write Name=value")]
    public void Set_Wrong_SaysWhatIsAllowed(string assignment, string said) => Assert.That(_catalog.Set(assignment), Does.StartWith(said));
}
