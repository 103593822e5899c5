using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Routing;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier;

internal sealed class NotifierOptionsValidation : IValidateOptions<NotifierOptions>
{
    public ValidateOptionsResult Validate(string? name, NotifierOptions options)
    {
        List<string> wrong = [];
        if (string.IsNullOrWhiteSpace(options.GroupId))
            wrong.Add("Notifier:GroupId is empty: all notifiers of one installation need the same name here");
        if (WebhookSettings.UrlOf(options.ExternalUrl) is null)
            wrong.Add($"Notifier:ExternalUrl is '{options.ExternalUrl}': {WebhookSettings.UrlForm}");
        if (options.RoutingFile is { Length: > 0 } && options.WebhookUrl is { Length: > 0 })
            wrong.Add(
                "Notifier:WebhookUrl is set beside Notifier:RoutingFile: it is for use without one; add a receiver with a webhook to the "
                + "file");
        NotifierRouting.Of(options, out var errors);
        wrong.AddRange(errors);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
