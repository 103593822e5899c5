using LeptonStream.Samples;

namespace LeptonStream.Simulator;

/// <summary>One record for the metrics topic.</summary>
/// <param name="Model">The key.</param>
/// <param name="Time">Event time, and the record's own timestamp.</param>
/// <param name="Value">The native JSON.</param>
/// <param name="Samples">Number of samples in it.</param>
internal readonly record struct FleetMessage(string Model, Timestamp Time, byte[] Value, int Samples);
