using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Output;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>
/// Whether any broker answers. The client says when it has lost all of them; whether one is back it does not say, so that is asked. Until
/// the group has waited for a whole session time-out, nothing else shows that nothing is read.
/// </summary>
/// <param name="servers">The bootstrap servers, for messages.</param>
/// <param name="health">Learns that none answers.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The role's log.</param>
internal sealed partial class BrokerContact(string servers, LoopHealth health, TimeProvider time, ILogger logger)
{
    // A broker that restarts is back within this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly OnceAMinute _line = new(time);

    // Written by the clients' threads.
    private volatile bool _isLost;
    private long? _since;
    private long _asked;

    /// <summary>Whether no broker answers, so far as is known.</summary>
    public bool IsAway => _isLost;

    /// <summary>A client has lost all brokers. May be called by any thread.</summary>
    public void OnError(Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown) _isLost = true;
    }

    /// <summary>Asks whether a broker is back, where all were lost and it is time. To be called in every round.</summary>
    /// <param name="client">The client that asks.</param>
    public void Check(Handle client)
    {
        if (!_isLost || (_since is not null && time.GetElapsedTime(_asked) < AskEvery)) return;
        _asked = time.GetTimestamp();
        _since ??= _asked;
        // A loss that is reported in the meantime stays.
        _isLost = false;
        if (Answers(client)) Return();
        else Miss();
    }

    private static bool Answers(Handle client)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(client).Build();
            return admin.GetMetadata(AnswerLimit).Brokers.Count > 0;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    private void Return()
    {
        if (_line.WasSaid) Log.Answers(logger, ElapsedText.Of(time.GetElapsedTime(_since!.Value)));
        _since = null;
        _line.Reset();
        health.ClearProblem(Concern.Broker);
    }

    private void Miss()
    {
        _isLost = true;
        var away = time.GetElapsedTime(_since!.Value);
        if (away < Patience) return;
        var problem = RoleProblem.Of(ProblemCode.BrokersAway, ("servers", servers));
        health.ReportProblem(Concern.Broker, problem);
        if (_line.IsDue()) Log.Away(logger, problem.Text, ElapsedText.Of(away));
    }

    private static partial class Log
    {
        [LoggerMessage(4015, LogLevel.Error, "Nothing is read for {Away}: {Problem}")]
        public static partial void Away(ILogger logger, string problem, string away);

        [LoggerMessage(4016, LogLevel.Information, "A Kafka broker answers again, after {Away}")]
        public static partial void Answers(ILogger logger, string away);
    }
}
