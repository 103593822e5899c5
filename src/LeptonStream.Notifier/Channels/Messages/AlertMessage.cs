namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>The state of an alert or of a whole message.</summary>
internal enum MessageState
{
    /// <summary>It fires.</summary>
    Firing = 0,

    /// <summary>The trouble is over.</summary>
    Resolved = 1,

    /// <summary>It is closed, and the trouble did not go away.</summary>
    Closed = 2,
}

/// <summary>A message as people read it, before any channel's notation.</summary>
internal sealed record AlertMessage
{
    /// <summary>The words of its language.</summary>
    public required MessageWords Words { get; init; }

    /// <summary>Firing until its readers have the end of every alert; else closed where any did not recover.</summary>
    public required MessageState State { get; init; }

    /// <summary>The highest severity of the alerts that fire, else of all.</summary>
    public required string Severity { get; init; }

    /// <summary>One line that says the most.</summary>
    public required string Title { get; init; }

    /// <summary>A text of the receiver's own in a notation, which stands in place of the alerts; null without.</summary>
    public Func<Markup, string?>? Text { get; init; }

    /// <summary>Whether the text of a step is the receiver's own.</summary>
    public bool IsOwn(Markup markup, int step) => step == 0 && Text?.Invoke(markup) is not null;

    /// <summary>Writes other templates of the receiver for this message.</summary>
    public required MessageTemplates Templates { get; init; }

    /// <summary>The chart as PNG; null without.</summary>
    public byte[]? Picture { get; init; }

    /// <summary>
    /// A line each: on a digest, how many alerts of each kind there are; and how many that its readers know are held back.
    /// </summary>
    public IReadOnlyList<string> Counts { get; init; } = [];

    /// <summary>Number of alerts that the message is about and that are not among the entries.</summary>
    public int NotShown { get; init; }

    /// <summary>The alerts, firing ones first.</summary>
    public required IReadOnlyList<AlertEntry> Entries { get; init; }

    /// <summary>Where to read on and to act: the dashboard, the link to acknowledge, and the runbook where all alerts share one.</summary>
    public required IReadOnlyList<MessageLink> Links { get; init; }

    /// <summary>The first link: the alert or the alerts on the dashboard.</summary>
    public Uri Url => Links[0].Url;
}

/// <summary>One alert of a message.</summary>
/// <param name="State">Its state.</param>
/// <param name="Severity">Its severity; null where it has none of the three.</param>
/// <param name="Summary">One line: the trouble, the seen and the usual value.</param>
/// <param name="Lines">More of that, and since when.</param>
/// <param name="Actions">Steps to take; none for an alert that is over.</param>
/// <param name="Url">The alert on the dashboard.</param>
/// <param name="Acknowledged">Who works on it, in a few words; null where nobody does, or it is over.</param>
internal sealed record AlertEntry(MessageState State, string? Severity, string Summary, IReadOnlyList<string> Lines,
    IReadOnlyList<string> Actions, Uri Url, string? Acknowledged);

/// <summary>A link with its words.</summary>
internal sealed record MessageLink(string Text, Uri Url);
