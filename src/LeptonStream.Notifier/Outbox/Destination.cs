namespace LeptonStream.Notifier.Outbox;

/// <summary>One channel of one receiver.</summary>
internal sealed record Destination(string Receiver, string Channel)
{
    public override string ToString() => $"{Receiver}/{Channel}";
}
