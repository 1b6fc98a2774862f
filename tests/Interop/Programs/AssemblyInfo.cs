using System.Runtime.Versioning;
using Xunit;

// Real programs on two cores, some of them measured: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
// kill -9, file modes and Debian's programs.
[assembly: SupportedOSPlatform("linux")]
