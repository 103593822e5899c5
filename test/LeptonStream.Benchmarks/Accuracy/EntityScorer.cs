namespace LeptonStream.Benchmarks.Accuracy;

/// <summary>A detector of the textbook: scores every row of an entity by what came before it, and by nothing else.</summary>
/// <param name="rows">The metrics of each row, none missing.</param>
/// <param name="rowsADay">How many rows a day has.</param>
/// <returns>One score per row, at least 0; higher is more anomalous, 0 where nothing can be said yet.</returns>
internal delegate double[] EntityScorer(double[][] rows, int rowsADay);
