using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Charts;
using LeptonStream.Notifier.Egress;

namespace LeptonStream.Notifier.Channels;

/// <summary>The parts of the notifier that channels use.</summary>
/// <param name="Http">The way to HTTP.</param>
/// <param name="Guard">Makes all other connections.</param>
/// <param name="Kafka">Writes to topics.</param>
/// <param name="ExternalUrl">Address of the dashboard, for links.</param>
/// <param name="Links">Links to act by; null where messages have none, as in a preview.</param>
/// <param name="Charts">Draws the chart of a notification; null where messages have none, as in a preview.</param>
/// <param name="Console">Takes lines for the console.</param>
/// <param name="Time">The clock.</param>
/// <param name="AllowsExec">Whether channels may start programs.</param>
internal sealed record ChannelContext(ChannelHttp Http, EgressGuard Guard, KafkaWriter Kafka, Uri ExternalUrl, ActionLinks? Links,
    ChartSource? Charts, ConsoleOutput Console, TimeProvider Time, bool AllowsExec);
