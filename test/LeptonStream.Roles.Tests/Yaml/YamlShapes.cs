using System.Text;

namespace LeptonStream.Roles.Tests.Yaml;

/// <summary>
/// Random documents in the shape of YAML: known and unknown fields, deep nesting, anchors and aliases, odd and huge scalars, and damage.
/// </summary>
internal static class YamlShapes
{
    private static readonly string[] Fields =
    [
        "rules", "defaults", "presets", "matchers", "detectors", "limit", "value", "memory", "route", "routes", "receiver", "receivers",
        "name",
        "webhook_configs", "url", "timeout", "group_by", "match_re", "labels", "x", "<<", "? [a]", "''",
    ];

    private static readonly string[] Scalars =
    [
        "ops", "1", "-0", ".nan", "7d", "lean", "true", "~", "null", "''", "\"\\x00\\uD800\"", "'a=~\"(\"'", "!!binary x", "!!int 5",
        "&b c", "2001-01-01",
        "|\n  text\n", "\"open", "{a", "[b", "%", "@", "`", "\t", "- -", "a: b", "*", "&", "--- x", "...", "\u0085", "\uFEFF", "\u2028",
        "😀", "\0", "http://a",
    ];

    public static string Next(Random random)
    {
        var text = new StringBuilder();
        if (random.Next(10) == 0) Deep(random, text);
        else Mapping(random, text, depth: random.Next(1, 7));
        Damage(random, text);
        return text.ToString();
    }

    private static void Mapping(Random random, StringBuilder text, int depth)
    {
        Anchor(random, text);
        text.Append('{');
        for (var i = random.Next(5); i > 0; i--)
        {
            text.Append(Fields[random.Next(Fields.Length)]).Append(": ");
            Value(random, text, depth - 1);
            text.Append(i > 1 ? ", " : "");
        }

        text.Append('}');
    }

    private static void Value(Random random, StringBuilder text, int depth)
    {
        switch (depth > 0 ? random.Next(6) : random.Next(2))
        {
            case 0:
                text.Append(Scalars[random.Next(Scalars.Length)]);
                break;
            case 1:
                text.Append(random.Next(40) == 0 ? new string('x', 200_000) : $"*a{random.Next(3)}");
                break;
            case 2 or 3:
                Mapping(random, text, depth);
                break;
            default:
                Anchor(random, text);
                text.Append('[');
                for (var i = random.Next(4); i > 0; i--)
                {
                    Value(random, text, depth - 1);
                    text.Append(i > 1 ? ", " : "");
                }

                text.Append(']');
                break;
        }
    }

    private static void Anchor(Random random, StringBuilder text)
    {
        if (random.Next(4) == 0) text.Append("&a").Append(random.Next(3)).Append(' ');
    }

    private static void Deep(Random random, StringBuilder text)
    {
        var (open, count) = (random.Next(5), random.Next(1, 20_000));
        text.Append("rules: ");
        for (var i = 0; i < count; i++) text.Append(open switch { 0 => "[", 1 => "{a: ", 2 => "- ", 3 => "? ", _ => "!!a &x [" });
    }

    private static void Damage(Random random, StringBuilder text)
    {
        for (var i = random.Next(4) == 0 ? random.Next(1, 6) : 0; i > 0 && text.Length > 0; i--)
        {
            var at = random.Next(text.Length);
            if (random.Next(2) == 0) text.Remove(at, 1);
            else text.Insert(at, (char)random.Next(1, 0x2100));
        }
    }
}
