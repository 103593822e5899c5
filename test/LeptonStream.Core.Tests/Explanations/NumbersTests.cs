using LeptonStream.Explanations;

namespace LeptonStream.Core.Tests.Explanations;

public sealed class NumbersTests
{
    [TestCase(0.712, "1", "71%")]
    [TestCase(0.9999, "1", "100%")]
    [TestCase(0.953, "1", "95.3%")]
    [TestCase(0.0021, "1", "0.21%")]
    [TestCase(55.3, "%", "55%")]
    [TestCase(99, "%", "99%")]
    [TestCase(89, "Cel", "89 °C")]
    [TestCase(0, "1/s", "0/s")]
    [TestCase(1719.3, "1/s", "1,719/s")]
    [TestCase(1719.3, "By/s", "1,719 B/s")]
    [TestCase(-0.0, "1/s", "0/s")]
    [TestCase(12.94, "s", "12.9 s")]
    [TestCase(154, null, "154")]
    [TestCase(71.2, "1", "71.2")]
    [TestCase(double.NaN, "1", "NaN")]
    public void Show_AsPeopleSayIt(double value, string? unit, string text) => Assert.That(Numbers.Show(value, unit), Is.EqualTo(text));

    [TestCase(154.2, 154.4, null, "154.2", "154.4")]
    [TestCase(128, 128.4, "W", "128 W", "128.4 W")]
    [TestCase(9, 55.3, "%", "9%", "55%")]
    [TestCase(0.7121, 0.7122, "1", "71.21%", "71.22%")]
    [TestCase(0.865, 0.9488, "1", "86.5%", "94.9%")]
    [TestCase(8, 98.92, "%", "8%", "98.9%")]
    [TestCase(0.712, 0.35, "1", "71%", "35%")]
    [TestCase(5, 5, "s", "5 s", "5 s")]
    public void Pair_ValuesThatDiffer_ReadDifferent(double value, double other, string? unit, string first, string second) =>
        Assert.That(Numbers.Pair(value, other, unit), Is.EqualTo((first, second)));

    [TestCase(89, 62, "Cel", "27 °C above", "高 27 °C")]
    [TestCase(9, 55.3, "%", "46 points below", "低 46 个百分点")]
    [TestCase(0.893, 0.35, "1", "54 points above", "高 54 个百分点")]
    [TestCase(8.15, 50, "ms", "84% below", "低 84%")]
    [TestCase(56, 50, "ms", "12% above", "高 12%")]
    [TestCase(170, 50, "ms", "3.4 times", "3.4 倍")]
    public void Deviation_InTheMeasureOfItsUnit(double value, double expected, string unit, string english, string chinese)
    {
        var away = DeviationText.Of(value, expected, unit);

        Assert.That(away?.InEnglish(), Is.EqualTo(english));
        Assert.That(away?.InChinese(), Is.EqualTo(chinese));
    }

    [TestCase(5, 0, "ms")]
    [TestCase(5, 5, "Cel")]
    [TestCase(5, -3, "ms")]
    [TestCase(5, double.NaN, "ms")]
    public void Deviation_WhereItSaysNothing_IsNull(double value, double expected, string unit) =>
        Assert.That(DeviationText.Of(value, expected, unit), Is.Null);
}
