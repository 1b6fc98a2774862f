using B2D.DeviceGateway.Telemetry;
using Xunit;

namespace B2D.DeviceGateway.Tests.Telemetry;

public sealed class FormatLimitsTests
{
    [Fact]
    public void Limits_OutOfRange_AreAllListed()
    {
        var wrong = new FormatLimits { MaxMetrics = 0, MaxNameLength = 1_025, MaxLevels = 33, MaxObjects = -1 };

        Assert.Equal(
            ["Format:MaxMetrics", "Format:MaxNameLength", "Format:MaxLevels", "Format:MaxObjects"],
            wrong.Validate("Format:").Select(e => e.Split(' ')[0]));
        Assert.Empty(new FormatLimits().Validate(""));
    }
}
