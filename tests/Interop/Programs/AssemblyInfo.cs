using System.Runtime.Versioning;
using Xunit;

// Most of a test's time is a program's start, which one processor does, or waiting: three classes beside each other, each with programs, ports and folders of its
// own. Those that measure time on the clock or put the machine under load are in the collection Alone; what the processors spent, others change little.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
// kill -9, file modes and Debian's programs.
[assembly: SupportedOSPlatform("linux")]
