using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Recorded;

/// <summary>A test over recorded data, which is not part of this tree.</summary>
public sealed class RecordedFactAttribute : FactAttribute
{
    public RecordedFactAttribute()
    {
        if (Places.SharedData is null)
            Skip = "There is no folder shared/data beside the checkout or above it, so there is no recorded data to replay.";
    }
}
