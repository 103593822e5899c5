namespace LeptonStream.Yaml;

/// <summary>Several matchers in one text: <c>{severity="critical", model=~"llama.*"}</c>.</summary>
public static class MatcherList
{
    /// <summary>Cuts the text at the commas that stand outside quotes; braces around it and a last comma are dropped.</summary>
    public static IEnumerable<string> Split(string text)
    {
        var inner = text.Trim();
        if (inner.StartsWith('{') && inner.EndsWith('}')) inner = inner[1..^1];
        var start = 0;
        var quoted = false;
        for (var i = 0; i < inner.Length; i++)
        {
            if (quoted && inner[i] == '\\') i++;
            else if (inner[i] == '"') quoted = !quoted;
            else if (inner[i] == ',' && !quoted)
            {
                yield return inner[start..i].Trim();
                start = i + 1;
            }
        }

        if (start == 0 || inner[start..].Trim().Length > 0) yield return inner[start..].Trim();
    }
}
