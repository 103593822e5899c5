namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Payloads of the formats of which no capture of a real program is at hand.</summary>
internal static class Samples
{
    public const string Page = """
        # HELP vllm:num_requests_running Running.
        # TYPE vllm:num_requests_running gauge
        vllm:num_requests_running{model_name="llama-70b",engine="0"} 7.0
        # TYPE vllm:generation_tokens counter
        vllm:generation_tokens_total{model_name="llama-70b"} 123456.0 1763856000000
        # TYPE vllm:time_to_first_token_seconds histogram
        vllm:time_to_first_token_seconds_bucket{le="0.1",model_name="llama-70b"} 10.0
        vllm:time_to_first_token_seconds_bucket{le="1.0",model_name="llama-70b"} 20.0
        vllm:time_to_first_token_seconds_bucket{le="+Inf",model_name="llama-70b"} 21.0
        vllm:time_to_first_token_seconds_count{model_name="llama-70b"} 21.0
        vllm:time_to_first_token_seconds_sum{model_name="llama-70b"} 12.5
        # TYPE rpc summary
        rpc{quantile="0.5",path="a\"b\\c\n"} 4.2
        rpc_sum{path="a\"b\\c\n"} 42
        rpc_count{path="a\"b\\c\n"} 10
        # EOF

        """;

    public static readonly string[] All =
    [
        Page,
        "cpu,host=a,model=m\\ 1 idle=97.5,n=3i,ok=true,msg=\"x \\\"y\\\"\" 1763856000000000000\nmem,host=a used=1i\n",
        """{"timestamp":"2025-11-23T00:00:00Z","value":"1.5","name":"up","labels":{"__name__":"up","job":"a"}}""",
        """{"name":"foos","namespace":"v","tags":{"k":"v"},"timestamp":"2025-11-23T00:00:00.1Z","interval_ms":1000,"""
            + """ "kind":"incremental","counter":{"value":1.0}}""",
        """{"metric":{"name":"h","kind":"absolute","aggregated_histogram":"""
            + """{"buckets":[{"upper_limit":1,"count":2},{"upper_limit":"inf","count":1}],"count":3,"sum":6}}}""",
        """{"metric":{"__name__":"x","job":"y"},"values":[1,2.5,null],"timestamps":[1763856000000,1763856001000,1763856002000]}""",
        "{\"model\":\"m\",\"ts\":\"2025-11-23T00:00:00Z\",\"labels\":{\"gpu\":\"1\"},\"step\":7,\"metrics\":{\"loss\":2.5,\"lr\":NaN}}\n"
            + "{\"model\":\"m\",\"ts\":1763856000,\"metrics\":{\"loss\":2}}",
        """{"specversion":"1.0","type":"t","source":"s","id":"1","data":{"model":"m","ts":1763856000,"metrics":{"a":1}}}""",
        """{"schema":{"type":"struct"},"payload":{"name":"cpu","fields":{"a":1},"tags":{"b":"c"},"timestamp":1763856000}}""",
    ];
}
