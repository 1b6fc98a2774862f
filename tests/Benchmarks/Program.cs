using B2D.Benchmarks.Mqtt;
using B2D.Benchmarks.Telemetry;
using BenchmarkDotNet.Running;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

// dotnet run -c Release --project tests/Benchmarks -- <what>
//   --filter '*Codec*'          BenchmarkDotNet: codec, topics, a publish on its way in
//   load [rounds]               QoS 0 and 1 by loadgen and QoS 2 by our client, beside mosquitto in turn; needs two processors, mosquitto, and loadgen's path in LOADGEN
//   idle [connections]          idle connections: memory of each, and all of them coming back at once
//   lanes [messages] [devices]  messages through lanes and telemetry to disk, and starts after it
return args switch
{
    ["lanes", .. var rest] => LaneRun.Run(rest),
    ["load", .. var rest] => await LoadRun.RunAsync(rest),
    ["idle", .. var rest] => await IdleRun.RunAsync(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args).Any() ? 0 : 1,
};
