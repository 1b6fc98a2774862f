using B2D.Core.Devices;
using B2D.Core.Rules;

namespace B2D.Core.Backtests;

/// <summary>
/// Reads an expectation: <c>raised RULE at 2h..2h5m</c>, <c>cleared RULE at 3h on pump-2</c>, <c>not raised RULE</c>, <c>case FAMILY at 2h</c>,
/// <c>raised RULE at 10h since 3h</c>. Without <c>at</c> any time will do.
/// </summary>
internal static class ExpectationText
{
    public const string Example = "raised RULE at 2h..2h5m, cleared RULE at 3h, not raised RULE, case FAMILY at 2h; also with: on DEVICE, since 1h";

    public static TimeLineExpectation? Read(string text, int line)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var not = words is ["not", ..];
        var at = not ? 1 : 0;
        if (at + 1 >= words.Length || EventOf(words[at]) is not { } what || (words.Length - at) % 2 != 0)
            return null;
        var expected = new TimeLineExpectation(line, text, not, what, words[at + 1], null, TimeSpan.Zero, DurationText.Longest, null);
        for (at += 2; at < words.Length; at += 2)
        {
            if (With(expected, words[at], words[at + 1]) is not { } more)
                return null;
            expected = more;
        }
        return expected;
    }

    private static TimeLineEvent? EventOf(string word) => word switch
    {
        "raised" => TimeLineEvent.Raised,
        "cleared" => TimeLineEvent.Cleared,
        "case" => TimeLineEvent.Case,
        _ => null,
    };

    private static TimeLineExpectation? With(TimeLineExpectation expected, string word, string value) => word switch
    {
        "at" when StepKey.TryRange(value, out var from, out var until) => expected with { From = from, Until = until },
        "before" when DurationText.TryParse(value, out var end) && end > TimeSpan.Zero => expected with { Until = end - TimeSpan.FromMilliseconds(1) },
        "since" when expected.What == TimeLineEvent.Raised && DurationText.TryParse(value, out var since) => expected with { Since = since },
        "on" when DeviceId.TryParse(value, out var device, out _) => expected with { Device = device },
        _ => null,
    };
}
