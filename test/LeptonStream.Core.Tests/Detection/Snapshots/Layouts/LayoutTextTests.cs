using System.Text;
using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Snapshots.Layouts;

/// <summary>The description of a layout comes from a topic: it is read, or refused in plain words, whatever it says.</summary>
public sealed class LayoutTextTests
{
    private static readonly string Own = StateLayout.TextOf(DetectionPolicy.Default);

    private static IEnumerable<TestCaseData> Hostile()
    {
        yield return Case("nothing", "");
        yield return Case("empty lines", new('\n', 5000));
        yield return Case("blanks", new(' ', 5000));
        yield return Case("a megabyte", Own + new string('7', 1 << 20));
        yield return Case("a million fields", Own + string.Concat(Enumerable.Repeat("0 Byte a\n", 20_000)));
        yield return Case("levels", string.Concat(Enumerable.Repeat("{x:", 1000)) + new string('}', 1000));
        yield return Case("levels of a path", Changed("0 {} Forecaster", $"0 {{}} {string.Join('.', Enumerable.Repeat("a", 1000))}"));
        yield return Case("levels of a type", Changed("0 {} Forecaster",
            $"0 {{}}{string.Concat(Enumerable.Repeat("[2]", 1000))} Forecaster"));
        yield return Case("a name of control characters", Changed("0 {} Forecaster", "0 {} Fore\u001b[31mcaster"));
        yield return Case("an offset behind the end", Changed("0 {} Forecaster", "65535 {} Forecaster"));
        yield return Case("an offset beyond all numbers", Changed("0 {} Forecaster", "99999999999 {} Forecaster"));
        yield return Case("a negative offset", Changed("0 {} Forecaster", "-1 {} Forecaster"));
        yield return Case("an array that overflows", Changed("0 {} Forecaster", "0 Double[2147483647] Forecaster"));
        yield return Case("an array of nothing", Changed("0 {} Forecaster", "0 Double[0] Forecaster"));
        yield return Case("an array without an end", Changed("0 {} Forecaster", "0 Double[ Forecaster"));
        yield return Case("a type that is none", Changed("0 {} Forecaster", "0 System.Object Forecaster"));
        yield return Case("a field twice", Changed("0 {} Forecaster", "0 {} Forecaster\n0 {} Forecaster"));
        yield return Case("a struct of 2 GB", Changed("struct window ", "struct window 2147483647"));
        yield return Case("a struct twice", Own + Own[Own.IndexOf("struct window", StringComparison.Ordinal)..]);
        yield return Case("a kind that is none", Changed(" Sharp ", " Blunt "));
        yield return Case("detectors beyond a set", Changed("detectors ", $"detectors {string.Join(' ', Enumerable.Range(0, 70))} "));
        yield return Case("windows that are too long", Changed("lengths 60", "lengths 70000"));
        yield return Case("something behind its end", Own + "more 1\n");

        static TestCaseData Case(string name, string text) => new TestCaseData(text).SetArgDisplayNames(name);

        static string Changed(string from, string to)
        {
            Assert.That(Own, Does.Contain(from));
            return Own.Replace(from, to, StringComparison.Ordinal);
        }
    }

    [Test]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        Assert.That(LayoutText.Write(LayoutText.Read(Own)), Is.EqualTo(Own));
        TestContext.Out.WriteLine($"{Own.Length} characters, {Own.Count(letter => letter == '\n')} lines");
        Assert.That(Own, Has.Length.LessThan(LayoutText.MaxLength / 5));
    }

    [TestCaseSource(nameof(Hostile))]
    public void Read_AHostileText_IsRefused(string text)
    {
        var refusal = Assert.Throws<SnapshotCorruptException>(() => LayoutText.Read(text));
        Assert.That(refusal!.Message, Has.Length.LessThan(400).And.Not.Match("[\\x00-\\x1f]"));
    }

    [Test]
    public void Resolve_TextsThatChanged_IsRefusedOrMigrates()
    {
        var random = new Random(4);
        var migrated = 0;
        for (var i = 0; i < 400; i++)
        {
            var text = new StringBuilder(Own);
            for (var k = random.Next(1, 4); k > 0; k--) text[random.Next(text.Length)] = (char)random.Next(32, 127);
            try
            {
                var layout = StateLayout.Resolve(Fingerprint(text.ToString()), text.ToString(), DetectionPolicy.Default);
                migrated += layout.Changes is null ? 0 : 1;
            }
            catch (SnapshotCorruptException)
            {
            }
        }

        Assert.That(migrated, Is.InRange(20, 380), "names that changed are fields that are gone");
    }

    private static UInt128 Fingerprint(string text) => System.IO.Hashing.XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text));
}
