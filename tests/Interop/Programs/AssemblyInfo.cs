using Xunit;

// Real programs on two cores, some of them measured: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
