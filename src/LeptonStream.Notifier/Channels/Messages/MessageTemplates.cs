using LeptonStream.Alerting;
using LeptonStream.Notifier.Templates;
using LeptonStream.Output;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>
/// Writes the templates of a receiver for one message. A template that fails gives nothing, so that the built-in text stands in its place,
/// and the fault is kept for people.
/// </summary>
internal sealed class MessageTemplates
{
    private const int LongestFault = 300;

    private readonly TemplateRecord _data;
    private readonly GoTime _now;
    private readonly LabelMap _routeLabels;
    private Markup _markup = Markup.Plain;

    /// <param name="notification">The notification.</param>
    /// <param name="externalUrl">The address of the dashboard.</param>
    /// <param name="title">The built-in title.</param>
    /// <param name="text">The built-in text in a notation.</param>
    public MessageTemplates(Notification notification, Uri externalUrl, string title, Func<Markup, string> text)
    {
        _data = NotificationData.Of(notification, externalUrl,
            ("Title", _ => title), ("Text", _ => new VouchedText(text(_markup))));
        _now = GoTime.Of(notification.At.ToDateTimeOffset());
        _routeLabels = LabelMap.Of(notification.RouteLabels);
    }

    /// <summary>Whether any template was written that depends on the notification.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>Whether the built-in texts stand for all templates that depend on the notification.</summary>
    public bool IsOff { get; init; }

    /// <summary>The first fault of a template; null without.</summary>
    public string? Fault { get; private set; }

    /// <summary>The text of a template in one line, for a field that is shown as it stands.</summary>
    /// <returns>Null without a template, where it failed, or where it wrote nothing.</returns>
    public string? Line(Template? template)
    {
        var line = SafeText.OneLine((Text(template, Markup.Plain) ?? "").ReplaceLineEndings(" ")).Trim();
        return line.Length > 0 ? line : null;
    }

    /// <summary>The text of a template in a notation.</summary>
    /// <returns>Null without a template, where it failed, or where it wrote nothing.</returns>
    public string? Text(Template? template, Markup markup)
    {
        if (template is null || (IsOff && !template.IsConstant)) return null;
        HasWritten |= !template.IsConstant;
        _markup = markup;
        try
        {
            var text = template.Write(_data, _now, _routeLabels, markup.Values()).Trim();
            return text.Length > 0 ? text : null;
        }
        catch (TemplateFault fault)
        {
            Fault ??= MessageBuilder.Cut(
                $"the built-in text stands for a template that, in its line {fault.Line}, {SafeText.OneLine(fault.Message)}", LongestFault);
            return null;
        }
    }
}
