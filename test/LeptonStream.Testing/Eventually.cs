using System.Diagnostics;
using NUnit.Framework;

namespace LeptonStream.Testing;

/// <summary>Waits for what another thread or process brings about.</summary>
public static class Eventually
{
    /// <summary>Fails the test where the condition has not come true in time.</summary>
    public static async Task True(Func<bool> condition, string what, TimeSpan? within = null)
    {
        for (var deadline = DateTime.UtcNow + (within ?? TimeSpan.FromSeconds(30)); ;)
        {
            var asked = Stopwatch.StartNew();
            if (condition()) return;
            if (DateTime.UtcNow > deadline) throw new AssertionException($"did not come about: {what}");
            // A question that takes long is asked less often: it takes the time of those who bring the answer about.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(asked.ElapsedMilliseconds, 20, 500)));
        }
    }
}
