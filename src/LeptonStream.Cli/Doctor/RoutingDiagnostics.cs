using System.Globalization;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Routing;

namespace LeptonStream.Cli.Doctor;

/// <summary>Looks at the routing that a notifier with these settings would have.</summary>
internal static class RoutingDiagnostics
{
    private const string Name = "routing";

    public static Finding Of(NotifierOptions options)
    {
        var file = options.RoutingFile is { Length: > 0 } named ? named : "no routing file";
        if (NotifierRouting.Of(options, out var errors) is not { } routing)
            return new(Name, $"{file}: can't be used", errors.Count == 1 ? errors[0] : string.Create(CultureInfo.InvariantCulture,
                $"{errors[0]}; and {errors.Count - 1} more, which 'lepton config check' lists"));
        if (options.RoutingFile is { Length: > 0 })
            return new(Name, string.Create(CultureInfo.InvariantCulture, $"{file}: {routing.Channels.Count} channels of "
                + $"{routing.Channels.Keys.DistinctBy(key => key.Receiver).Count()} receivers"));
        return new(Name, "these settings name no routing file (Notifier:RoutingFile): a notifier that has no other settings "
            + $"sends alerts to its console{(options.WebhookUrl is { Length: > 0 } ? " and to Notifier:WebhookUrl" : " alone")}");
    }
}
