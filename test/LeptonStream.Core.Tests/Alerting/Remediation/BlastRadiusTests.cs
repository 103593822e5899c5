using LeptonStream.Alerting.Remediation;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Alerting.Remediation;

public sealed class BlastRadiusTests
{
    private static readonly Timestamp Now = Timestamp.FromUnixSeconds(1_800_000_000);

    private static readonly RemediationPolicy Policy = new()
    {
        Name = "again",
        Matchers = [Matcher.Of("a", MatchOperator.Equal, "b")],
        Mode = RemediationMode.Automatic,
        Cooldown = TimeSpan.FromMinutes(30),
        LimitMax = 2,
        LimitWindow = TimeSpan.FromHours(1),
        Remedy = new(RemedyKind.Kafka, "retrain", [new("model", null, "model")], new Dictionary<string, string>()),
    };

    [TestCase(1799, BlastRadius.Cooldown)]
    [TestCase(1800, null)]
    public void Check_SameTarget_WaitsForTheCooldown(int age, string? expected) =>
        Assert.That(BlastRadius.Check(Policy, Target("m"), "m", [Past("m", age)], Now), Is.EqualTo(expected));

    [TestCase(3599, BlastRadius.Limit)]
    [TestCase(3600, null)]
    public void Check_AsManyAsAllowed_WaitForTheWindow(int age, string? expected) =>
        Assert.That(BlastRadius.Check(Policy, Target("m"), "m", [Past("x", age), Past("y", 10)], Now), Is.EqualTo(expected));

    [Test]
    public void Check_OneThatWaits_TakesItsPlaceHoweverOld() => Assert.That(
        BlastRadius.Check(Policy, Target("m"), "m", [Past("x", 10), Past("y", 0) with { At = null }], Now), Is.EqualTo(BlastRadius.Limit));

    [Test]
    public void Check_OthersPoliciesModelsAndDryRuns_TakeNoPlace()
    {
        PastAction[] past = [Past("m", 1) with { Policy = "other" }, Past("m", 1) with { IsDryRun = true }, Past("x", 1), Past("y", 1)];

        Assert.That(BlastRadius.Check(Policy with { IsLimitPerModel = true }, Target("m"), "m", past, Now), Is.Null);
        Assert.That(BlastRadius.Check(Policy with { Mode = RemediationMode.DryRun }, Target("m"), "m", past, Now),
            Is.EqualTo(BlastRadius.Cooldown), "a dry run is held against dry runs");
    }

    [Test]
    public void Oldest_OfSeveralPolicies_IsTheLongestTime() => Assert.That(
        BlastRadius.Oldest([Policy, Policy with { Cooldown = TimeSpan.FromDays(2) }], Now), Is.EqualTo(Now - TimeSpan.FromDays(2)));

    private static PastAction Past(string model, int age) =>
        new("again", Target(model), model, IsDryRun: false, Now - TimeSpan.FromSeconds(age));

    private static LabelSet Target(string model) => LabelSet.Of(("model", model));
}
