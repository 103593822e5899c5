using LeptonStream.Alerting;

namespace LeptonStream.Notifier.Channels;

/// <summary>A channel to a receiver. One instance serves one channel of one receiver, from several threads at once.</summary>
internal interface INotificationChannel
{
    /// <summary>Tries once. Anything that may go wrong at the other end is an outcome and not an exception.</summary>
    /// <param name="id">The notification's id: the same for every attempt, so that a receiver can drop what it has already.</param>
    /// <param name="notification">The alerts to send, and why they are sent.</param>
    /// <param name="cancellation">Cancelled when the attempt takes too long, or the program ends.</param>
    Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation);

    /// <summary>The message as <see cref="Send"/> would write it, for people: the body of the request, without its secrets.</summary>
    /// <param name="id">The notification's id.</param>
    /// <param name="notification">The alerts to send.</param>
    string Preview(string id, Notification notification);
}
