using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Egress;

namespace LeptonStream.Notifier.Channels;

/// <summary>The parts of the notifier that channels use.</summary>
/// <param name="Http">The way to HTTP.</param>
/// <param name="Guard">Makes all other connections.</param>
/// <param name="ExternalUrl">Address of the dashboard, for links.</param>
/// <param name="Console">Takes lines for the console.</param>
/// <param name="Time">The clock.</param>
internal sealed record ChannelContext(ChannelHttp Http, EgressGuard Guard, Uri ExternalUrl, ConsoleOutput Console, TimeProvider Time);
