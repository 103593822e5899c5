using System.Text;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>A value in a template can be a link only where the author began one, and only to an address.</summary>
[Parallelizable]
public sealed class TemplateMarkupTests
{
    private const string Address = "https://wiki.example.org/a_b?c=1&d=(2)";

    [TestCase("slack", "<", Address, "https://wiki.example.org/a_b?c=1&amp;d=(2)")]
    [TestCase("slack", "<", "!channel", "#")]
    [TestCase("slack", "<", "@U123", "#")]
    [TestCase("slack", "<", "javascript:alert(1)", "#")]
    [TestCase("slack", "x ", Address, "https:\u200B//wiki.example.org/a_b?c=1&amp;d=(2)")]
    [TestCase("slack", "x ", "gpu_temp_c *b* _i_", "gpu_temp_c ＊b＊ ＿i＿")]
    [TestCase("backslash", "[a](", Address, "https://wiki.example.org/a_b?c=1&d=%282%29")]
    [TestCase("backslash", "[a](", "data:text/html,x", "#")]
    [TestCase("fullwidth", "[a](", Address, "https://wiki.example.org/a_b?c=1&d=%282%29")]
    [TestCase("html", "<a href=\"", Address, "https://wiki.example.org/a_b?c=1&amp;d=(2)")]
    [TestCase("html", "<a href='", "javascript:alert(1)", "#")]
    [TestCase("html", "<a href=\"https://wiki.example.org/", "\"><b>", "&quot;&gt;&lt;b&gt;")]
    [TestCase("html", "<a title=\"GPU > 90\" href=\"", "javascript:alert(1)", "#")]
    [TestCase("html", "<a href=\" ", "javascript:alert(1)", "#")]
    [TestCase("html", "<b onclick=\"if (a>b) f('", "x", "")]
    [TestCase("html", "<!-- > ", "x", "")]
    [TestCase("html", "<br/>a < b ", "<i>", "&lt;i&gt;")]
    [TestCase("html", "<a href = \"x\" title=\"", "\"", "&quot;")]
    [TestCase("html", "<a href=", Address, "")]
    [TestCase("html", "<b onclick=\"", "alert(1)", "")]
    [TestCase("html", "<p style=\"", "color:red", "")]
    [TestCase("html", "<img alt=\"", "\" onerror=\"x", "&quot; onerror=&quot;x")]
    [TestCase("html", "<", "script", "")]
    [TestCase("html", "<script>x = '", "a", "")]
    [TestCase("html", "<style>", "a", "")]
    [TestCase("html", "<script></script><p>", "<b>", "&lt;b&gt;")]
    [TestCase("plain", "<", "a\u202Eb", "a\uFFFDb")]
    public void Value_InItsPlace_IsATextOrTheTargetOfALink(string markup, string before, string value, string expected) =>
        Assert.That(Of(markup).Value(new StringBuilder(before), value), Is.EqualTo(expected));

    private static Markup Of(string name) => name switch
    {
        "slack" => Markup.Slack,
        "backslash" => Markup.Backslash,
        "fullwidth" => Markup.FullWidth,
        "html" => Markup.Html,
        _ => Markup.Plain,
    };
}
