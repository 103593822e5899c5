using System.Text.Json;

namespace LeptonStream.Backtest.Training;

/// <summary>Writes the results of training mode as JSON.</summary>
internal static class TrainingJson
{
    public static void Write(Utf8JsonWriter json, TrainingScore score)
    {
        json.WriteStartObject("training");
        json.WriteNumber("faults", score.Total.Faults);
        json.WriteNumber("detected", score.Total.Detected);
        json.WriteNumber("prompt", score.Total.Prompt);
        json.WriteNumber("pageFaults", score.Of(TrainingFault.Page).Count());
        json.WriteNumber("pageFound", score.Of(TrainingFault.Page).Count(f => f.IsPrompt));
        json.WriteNumber("pagePaged", score.Of(TrainingFault.Page).Count(f => f.IsPaged));
        json.WriteNumber("ticketFaults", score.Of(TrainingFault.Ticket).Count());
        json.WriteNumber("ticketFound", score.Of(TrainingFault.Ticket).Count(f => f.IsDetected));
        json.WriteNumber("infoPaged", score.Of(TrainingFault.Info).Count(f => f.IsPaged));
        json.WriteNumber("normalRuns", score.NormalRuns);
        json.WriteNumber("normalPages", score.NormalPages);
        if (score.NormalEpisodesPerRun is { } rate) json.WriteNumber("normalEpisodesPerRun", rate);
        else json.WriteNull("normalEpisodesPerRun");
        json.WriteNumber("falseEpisodes", score.FalseEpisodes);
        json.WriteStartObject("kinds");
        foreach (var kind in score.Kinds) Write(json, kind);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, KindScore kind)
    {
        json.WriteStartObject(kind.Kind);
        json.WriteNumber("faults", kind.Faults);
        json.WriteNumber("detected", kind.Detected);
        json.WriteNumber("prompt", kind.Prompt);
        json.WriteNumber("paged", kind.Paged);
        if (kind.MedianDelaySteps is { } delay) json.WriteNumber("medianDelaySteps", Math.Round(delay, 1));
        else json.WriteNull("medianDelaySteps");
        json.WriteEndObject();
    }
}
