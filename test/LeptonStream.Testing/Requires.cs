using System.Diagnostics.CodeAnalysis;
using NUnit.Framework;

namespace LeptonStream.Testing;

/// <summary>
/// States what a test needs of its machine: it is skipped without it, and fails where LEPTON_REQUIRE_ALL=1 promises that all is there.
/// </summary>
public static class Requires
{
    private static bool EverythingIsPromised => Environment.GetEnvironmentVariable("LEPTON_REQUIRE_ALL") == "1";

    // Thrown and not asserted: an Assert.Fail inside Assert.Multiple would let the test go on without the component.
    public static void Component([DoesNotReturnIf(false)] bool present, string whatIsMissing)
    {
        if (present) return;
        if (EverythingIsPromised) throw new AssertionException($"{whatIsMissing} (LEPTON_REQUIRE_ALL=1 turns this skip into a failure)");
        throw new IgnoreException(whatIsMissing);
    }
}
