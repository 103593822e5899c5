using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests;

public sealed class RequiresTests
{
    private string? _before;

    [SetUp]
    public void Remember() => _before = Environment.GetEnvironmentVariable("LEPTON_REQUIRE_ALL");

    [TearDown]
    public void Restore() => Environment.SetEnvironmentVariable("LEPTON_REQUIRE_ALL", _before);

    [TestCase(null)]
    [TestCase("1")]
    public void Component_Present_LetsTheTestGoOn(string? requireAll)
    {
        Environment.SetEnvironmentVariable("LEPTON_REQUIRE_ALL", requireAll);

        Assert.That(() => Requires.Component(true, "a broker is missing"), Throws.Nothing);
    }

    [Test]
    public void Component_Missing_SkipsTheTestWithTheReason()
    {
        Environment.SetEnvironmentVariable("LEPTON_REQUIRE_ALL", null);

        Assert.That(() => Requires.Component(false, "a broker is missing"),
            Throws.TypeOf<IgnoreException>().With.Message.EqualTo("a broker is missing"));
    }

    [Test]
    public void Component_MissingWhereAllIsPromised_FailsTheTest()
    {
        Environment.SetEnvironmentVariable("LEPTON_REQUIRE_ALL", "1");

        Assert.That(() => Requires.Component(false, "a broker is missing"),
            Throws.TypeOf<AssertionException>().With.Message.StartsWith("a broker is missing"));
    }
}
