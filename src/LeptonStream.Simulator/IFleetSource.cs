namespace LeptonStream.Simulator;

/// <summary>One part of the fleet that exports metrics under one model.</summary>
internal interface IFleetSource : IDisposable
{
    /// <summary>Lives through one sampling interval and says what was measured at its end.</summary>
    FleetMessage Sample(in Moment now);
}
