using System.Diagnostics;
using LeptonStream.Series;

namespace LeptonStream.Testing;

/// <summary>The real amtool, which knows how Alertmanager reads a file; a test without the binary is skipped.</summary>
public static class Amtool
{
    /// <summary>Whether Alertmanager loads a file, and the words of amtool.</summary>
    public static async Task<(bool IsSound, string Text)> CheckConfig(string file)
    {
        var (code, text) = await Run(["check-config", file]);
        return (code == 0, text);
    }

    /// <summary>The receivers of an alert, in the order of the routes.</summary>
    public static async Task<string[]> Route(string file, LabelSet labels)
    {
        var pairs = labels.Select(label => $"{label.Key}=\"{label.Value}\"");
        var (_, text) = await Run(["config", "routes", "test", $"--config.file={file}", .. pairs]);
        // A warning about a classic matcher may stand before them.
        return text.Trim().Split('\n')[^1].Split(',');
    }

    /// <summary>A template as Alertmanager writes it for amtool's own sample; null and the error where it fails.</summary>
    public static async Task<(string? Written, string? Error)> Render(string file, string template)
    {
        var (code, text) = await Run(["template", "render", $"--template.glob={file}", $"--template.text={template}"]);
        return code == 0 ? (text, null) : (null, text);
    }

    private static async Task<(int Code, string Text)> Run(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(SharedFolder.Require("tools/amtool"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await errors);
    }
}
