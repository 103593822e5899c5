namespace LeptonStream.Benchmarks.Accuracy;

/// <summary>What others reach on the same files under the same rules, for comparison.</summary>
internal static class PublishedPeers
{
    /// <summary>Below the table.</summary>
    public const string Note = """

        Recall is that of events, at 0.1, 0.5 and 1 false episode an entity-day, where at most 1 % of the normal rows may be flagged.
        VUS-PR takes buffers up to 100 rows.
        All see only the past. Others on the same entities (AUC-PR, VUS-PR, recall at 0.1 / 1; engine of OpenSearch Anomaly Detection,
        scikit-learn). How long the
        buffers of their VUS-PR are is not known, shorter than here by the look of them: compare AUC-PR.
          Random Cut Forest, shingle 1                smd .149 .153 .23/.69   asd .245 .242 .21/.64   jumpstarter .161 .157 .67/.67
          Random Cut Forest, shingle 4                smd .172 .175 .15/.38   asd .281 .282 .21/.79   jumpstarter .163 .157 .67/1.0
          isolation forest, refit                     smd .158 .155 .15/.23   asd .243 .238 .29/.57   jumpstarter .131 .132 .00/1.0
          robust z of one day, max over metrics       smd .149 .153 .00/.54   asd .217 .217 .36/.57   jumpstarter .111 .110 .67/.67
          z of all history, max over metrics          smd .218 .226 .00/.62   asd .209 .210 .36/.57   jumpstarter .103 .102 .67/.67
          PCA of the past                             smd .148 .153 .00/.62   asd .262 .269 .36/.57   jumpstarter .185 .180 .67/1.0
          Random Cut Forest 4 + log PCA residual      smd .182 .186 .23/.62   asd .321 .319 .36/.64   jumpstarter .191 .184 .67/1.0

        """;
}
