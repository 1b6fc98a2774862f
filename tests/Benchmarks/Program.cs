using B2D.Benchmarks.Evaluation;
using B2D.Benchmarks.Ingest;
using B2D.Benchmarks.Lanes;
using B2D.Benchmarks.Lists;
using B2D.Benchmarks.Mqtt;
using B2D.Benchmarks.Telemetry;
using BenchmarkDotNet.Running;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

// dotnet run -c Release --project tests/Benchmarks -- <what>
//   --filter '*Codec*'          BenchmarkDotNet: codec, topics, a publish on its way in
//   load [rounds]               QoS 0 and 1 by loadgen and QoS 2 by our client, beside mosquitto in turn; needs two processors, mosquitto, and loadgen's path in LOADGEN
//   lanes [devices]             rules in memory: a message, an idle device, a snapshot, with a stopwatch
//   rules [rounds]              evaluation of 50 rules on one processor, allocation, memory of a device, and a back-test beside the same rules by hand
//   ingest [rounds]             the way of a reading beside mosquitto in turn, by loadgen: three shapes, one core and two (LOADGEN as above)
//   latency [seconds]           publish to committed case at 5,000 and 20,000 a second over 1,000 connections (LOADGEN)
//   growth                      throughput with up to 1,000,000 devices and 10 GB of data, latency while devices are imported (LOADGEN)
//   day [minutes]               a day of 10,000 devices, then charts, latest values, size and memory
//   lists [requests] [folder]   every list and page of the console with 100,000 devices and 50,000 cases, over HTTP; a folder keeps the data for the next time
//   idle [connections]          idle connections: memory of each, and all of them coming back at once
//   replay [messages] [devices] messages through lanes and telemetry to disk, and starts after it
return args switch
{
    ["lanes", .. var rest] => LaneRun.Run(rest),
    ["rules", .. var rest] => RulesRun.Run(rest),
    ["load", .. var rest] => await LoadRun.RunAsync(rest),
    ["replay", .. var rest] => ReplayRun.Run(rest),
    ["ingest", .. var rest] => await IngestRun.RunAsync(rest),
    ["latency", .. var rest] => await LatencyRun.RunAsync(rest),
    ["growth", .. var rest] => await GrowthRun.RunAsync(rest),
    ["day", .. var rest] => await DayRun.RunAsync(rest),
    ["lists", .. var rest] => await ListsRun.RunAsync(rest),
    ["idle", .. var rest] => await IdleRun.RunAsync(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(IngestRun).Assembly).Run(args).Any() ? 0 : 1,
};
