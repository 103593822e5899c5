using NUnit.Framework;

namespace LeptonStream.Testing;

/// <summary>Waits for what another thread or process brings about.</summary>
public static class Eventually
{
    /// <summary>Fails the test where the condition has not come true in time.</summary>
    public static async Task True(Func<bool> condition, string what, TimeSpan? within = null)
    {
        for (var deadline = DateTime.UtcNow + (within ?? TimeSpan.FromSeconds(30)); !condition();)
        {
            if (DateTime.UtcNow > deadline) throw new AssertionException($"did not come about: {what}");
            await Task.Delay(20);
        }
    }
}
