using System.Globalization;
using System.Text;
using LeptonStream.Backtest;

namespace LeptonStream.Cli.Backtest;

/// <summary>Writes the changes that verdicts make for people.</summary>
internal static class FeedbackReport
{
    public static void Append(StringBuilder text, FeedbackEffect effect)
    {
        text.Append(CultureInfo.InvariantCulture, $"With the verdicts, which raise the line of {effect.Raised} series: ")
            .Append(CultureInfo.InvariantCulture, $"alerts {effect.Before} → {effect.After}, ")
            .Append(CultureInfo.InvariantCulture, $"critical {effect.PagesBefore} → {effect.PagesAfter}, ")
            .Append(CultureInfo.InvariantCulture, $"labelled events and confirmed alerts lost: {effect.Lost.Count}.\n");
        foreach (var lost in effect.Lost) text.Append(CultureInfo.InvariantCulture, $"lost: {lost}\n");
    }
}
