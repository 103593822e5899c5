using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Detection;
using LeptonStream.Detection.Calibration;

namespace LeptonStream.Core.Tests.Detection.Calibration;

public sealed class TailCountsTests
{
    [Test]
    public void Counts_OfAnyScoresAndHalvings_AreThoseOfAPlainArray() => Prop.ForAll(
        ArbMap.Default.ArbFor<(int, byte[])>().Filter(x => x.Item2 is not null),
        input =>
        {
            var random = new Random(input.Item1);
            var counts = new TailCounts();
            var plain = new ushort[TailCounts.Bins];
            var atOrAbove = new ushort[TailCounts.Bins];
            // Runs of one bin, so that bytes overflow many times; the last ones fill whatever there is room for.
            foreach (var run in (byte[])[.. input.Item2, 0, 63, 63, 17, 17])
            {
                var bin = run % TailCounts.Bins;
                for (var left = random.Next(4000); left > 0; left--)
                {
                    counts.Add(bin);
                    for (var i = 0; i <= bin; i++) plain[i]++;
                    if (counts.Total < TailCounts.Max) continue;
                    counts.Halve();
                    for (var i = 0; i < plain.Length; i++) plain[i] /= 2;
                }

                counts.Cumulate(atOrAbove);
                atOrAbove.AsSpan().Reverse();
                if (!atOrAbove.AsSpan().SequenceEqual(plain) || counts.Total != plain[0]) return false;
                for (var i = 0; i < plain.Length; i++)
                {
                    var above = i + 1 < plain.Length ? plain[i + 1] : 0;
                    if (counts.Look(i) != (plain[i] - above, above)) return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
