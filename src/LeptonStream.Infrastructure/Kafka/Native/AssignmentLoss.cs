using Confluent.Kafka;

namespace LeptonStream.Kafka.Native;

/// <summary>
/// Whether a consumer has lost its partitions. The client knows it as soon as the group says so, or has said nothing for a session
/// time-out; its handler for that is called in the next poll only.
/// </summary>
/// <param name="client">The consumer's handle.</param>
internal sealed class AssignmentLoss(Handle client)
{
    private bool _canAsk = true;

    /// <summary>Whether they are lost; false where this program does not find the native client.</summary>
    public bool IsKnown
    {
        get
        {
            try
            {
                return _canAsk && NativeCalls.IsAssignmentLost(ClientLibrary.HandleOf(client).DangerousGetHandle()) != 0;
            }
            // TypeLoadException is also of a library or an entry point that is not there.
            catch (Exception missing) when (missing is MissingMemberException or TypeLoadException or InvalidCastException)
            {
                return _canAsk = false;
            }
        }
    }
}
