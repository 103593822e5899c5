using LeptonStream.Policies;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Edge;

internal sealed class EdgeOptionsValidation : IValidateOptions<EdgeOptions>
{
    private static readonly TimeSpan LeastAge = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, EdgeOptions options)
    {
        List<string> wrong = [];
        if (string.IsNullOrWhiteSpace(options.SpoolPath)) wrong.Add("Edge:SpoolPath is empty: name a folder that survives restarts");
        if (options.SpoolAge < LeastAge) wrong.Add($"Edge:SpoolAge is {options.SpoolAge}: it may be a minute and more");
        if (options.AlertWebhook is { Length: > 0 } webhook
            && !(Uri.TryCreate(webhook, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            wrong.Add("Edge:AlertWebhook is no address: write one that begins with http:// or https://");
        if (options.AlertFile is { Length: > 0 } file && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder
            && !Directory.Exists(folder)) wrong.Add($"Edge:AlertFile is '{file}': there is no folder {folder}");
        if (options.PoliciesFile is { Length: > 0 } policies && PolicyFile.Read(policies, out var errors) is null)
            wrong.AddRange(errors.Select(error => $"Edge:PoliciesFile: {error}"));
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
