using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LeptonStream.Backtest.Html;

/// <summary>
/// Writes a backtest as one HTML file to look through: tables, and a chart of every series. It loads nothing from anywhere; its content
/// policy allows its own style and script by their hashes and nothing else. Names from the input are data in it, never markup.
/// </summary>
internal static class HtmlReport
{
    // In the order in which they win over each other.
    private static readonly string[] Styles = ["tokens.css", "colors.css", "page.css", "tables.css", "cards.css", "media.css"];

    // In the order in which they need each other.
    private static readonly string[] Scripts =
    [
        "elements.js", "text.js", "series.js", "axis.js", "drawing.js", "picture.js", "chart.js", "card.js", "tables.js", "dial.js",
        "report.js",
    ];

    public static void Write(BacktestResult result, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var output = File.Create(path);
        var style = string.Concat(Styles.Select(Part));
        var script = $"(() => {{\n'use strict';\n{string.Concat(Scripts.Select(Script))}}})();\n";
        var policy = $"default-src 'none'; script-src '{Hash(script)}'; style-src '{Hash(style)}'; "
            + "img-src data:; base-uri 'none'; form-action 'none'";
        Text(output, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>LeptonStream backtest</title>
            <link rel="icon" href="data:,">
            <style>{style}</style>
            </head>
            <body>
            <noscript>This report draws its charts with a script of its own; please allow it.</noscript>

            """);
        Embed(output, "summary", json => ReportSummary.Write(json, result));
        for (var i = 0; i < result.Files.Count; i++) Embed(output, $"series-{i}", json => ChartColumns.Write(json, result.Files[i]));
        Text(output, $"<script>{script}</script>\n</body>\n</html>\n");
    }

    // The default encoder writes < and & as escapes: no value can end the element it stands in.
    private static void Embed(Stream output, string id, Action<Utf8JsonWriter> write)
    {
        Text(output, $"<script type=\"application/json\" id=\"{id}\">");
        using (var json = new Utf8JsonWriter(output)) write(json);
        Text(output, "</script>\n");
    }

    private static void Text(Stream output, string text) => output.Write(Encoding.UTF8.GetBytes(text));

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // A module of the dashboard is a plain script here.
    private static string Script(string name) => Part(name).Replace("\nexport ", "\n", StringComparison.Ordinal);

    private static string Part(string name)
    {
        using var text = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("backtest/" + name)!);
        return text.ReadToEnd();
    }
}
