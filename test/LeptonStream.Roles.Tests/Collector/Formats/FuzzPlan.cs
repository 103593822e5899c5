namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>
/// The payloads of a fuzz test: each few thousand have a seed of their own, so that one that fails is found again in seconds. The slow
/// part begins with another seed each time, and so reads other payloads than all runs before.
/// </summary>
/// <param name="Seed">The first seed.</param>
/// <param name="Payloads">How many payloads.</param>
internal sealed record FuzzPlan(int Seed, int Payloads)
{
    private const int OfOneSeed = 5_000;

    /// <summary>The plan of a slow part. LEPTON_FUZZ says how many payloads it reads, LEPTON_FUZZ_SEED with which seed it begins.</summary>
    /// <param name="payloads">How many unless that is said.</param>
    public static FuzzPlan Slow(int payloads)
    {
        var plan = new FuzzPlan(Read("LEPTON_FUZZ_SEED") ?? Random.Shared.Next(int.MaxValue / 2), Read("LEPTON_FUZZ") ?? payloads);
        TestContext.Out.WriteLine($"{plan.Payloads} payloads from seed {plan.Seed}");
        return plan;
    }

    /// <summary>The number of each payload within its seed, that seed, and its random numbers.</summary>
    public IEnumerable<(int Number, int Seed, Random Random)> Steps()
    {
        var (seed, random) = (Seed, new Random(Seed));
        for (var i = 0; i < Payloads; i++)
        {
            if (i > 0 && i % OfOneSeed == 0) random = new(++seed);
            yield return (i % OfOneSeed, seed, random);
        }
    }

    private static int? Read(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var value) ? value : null;
}
