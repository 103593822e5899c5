using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Remediation;

namespace LeptonStream.Kafka;

/// <summary>An action as a record of the topic of actions: CloudEvents 1.0 in binary mode (docs/events.md).</summary>
public static class ActionRecord
{
    /// <summary>The request as a record: key = model, attributes as headers, JSON value.</summary>
    /// <param name="payload">The request as the journal keeps it.</param>
    /// <param name="approvedBy">Who approved it; null where nobody had to.</param>
    public static Message<string, byte[]> Of(string payload, string? approvedBy)
    {
        var request = AlertingJson.Read<ActionRequest>(payload);
        return new()
        {
            Key = request.Model,
            Value = ValueOf(payload, approvedBy),
            Headers = new Headers
            {
                { "ce_specversion", "1.0"u8.ToArray() },
                { "ce_type", Encoding.UTF8.GetBytes(ActionRequest.Type) },
                { "ce_source", "/leptonstream/notifier"u8.ToArray() },
                { "ce_id", Encoding.UTF8.GetBytes(request.Id) },
                { "ce_time", Encoding.UTF8.GetBytes(request.At.ToString()) },
                { "ce_subject", Encoding.UTF8.GetBytes(request.AlertId) },
                { "content-type", "application/json"u8.ToArray() },
            },
        };
    }

    /// <summary>The JSON that whoever executes it gets.</summary>
    public static byte[] ValueOf(string payload, string? approvedBy) => Encoding.UTF8.GetBytes(
        AlertingJson.Write(AlertingJson.Read<ActionRequest>(payload) with { ApprovedBy = approvedBy }));
}
