namespace B2D.Core.Rules.Expressions;

/// <summary>Gives every metric and code that a rule set reads one slot, in order of first use, and every window over one.</summary>
internal sealed class MetricTable
{
    /// <summary>Longest name of a metric, in characters.</summary>
    public const int MaxNameLength = 128;

    private readonly Dictionary<string, int> slots = new(StringComparer.Ordinal);
    private readonly List<string> names = [];
    private readonly List<WindowShape> windows = [];
    private readonly List<(string Code, int Slot)> codes = [];
    private readonly List<int> changes = [];
    private readonly List<int> fleet = [];

    /// <summary>By slot.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>By window slot.</summary>
    public IReadOnlyList<WindowShape> Windows => windows;

    /// <summary>Codes read, with their slots.</summary>
    public IReadOnlyList<(string Code, int Slot)> Codes => codes;

    /// <summary>Slots of metrics by change slot.</summary>
    public IReadOnlyList<int> Changes => changes;

    /// <summary>Slots of metrics by fleet slot.</summary>
    public IReadOnlyList<int> Fleet => fleet;

    /// <summary>The name under which a code has its slot.</summary>
    public static string NameOf(string code) => $"code(\"{code}\")";

    /// <summary>True for what would pass for a code: no metric can have such a name.</summary>
    public static bool IsCode(string name) => name.StartsWith("code(\"", StringComparison.Ordinal);

    /// <summary>How far back any condition looks.</summary>
    public TimeSpan Reach { get; private set; }

    /// <summary>A condition looks so far back.</summary>
    public void Look(TimeSpan length) => Reach = length > Reach ? length : Reach;

    /// <summary>The slot of a window over a metric, a new one where nothing looks through one of this length yet.</summary>
    public int Window(int slot, TimeSpan length, WindowContent content)
    {
        var known = windows.FindIndex(w => w.Slot == slot && w.Length == length);
        if (known >= 0)
        {
            windows[known] = windows[known] with { Content = windows[known].Content | content };
            return known;
        }
        windows.Add(new WindowShape(slot, length, content));
        return windows.Count - 1;
    }

    /// <summary>The change slot of a metric, a new one where nobody asked yet whether it changed.</summary>
    public int Change(int slot) => Place(changes, slot);

    /// <summary>The fleet slot of a metric, a new one where nobody asked yet for its median.</summary>
    public int Median(int slot) => Place(fleet, slot);

    /// <summary>The slot of what an expression reads.</summary>
    public int Slot(ExpressionNode.Read read) => read.Source == ReadSource.Code ? Code(read.Name) : Slot(read.Name);

    /// <summary>The code's slot, a new one where it has none yet.</summary>
    public int Code(string code)
    {
        var count = names.Count;
        var slot = Slot(NameOf(code));
        if (slot == count)
            codes.Add((code, slot));
        return slot;
    }

    /// <summary>The metric's slot, a new one where it has none yet.</summary>
    public int Slot(string name)
    {
        if (!slots.TryGetValue(name, out var slot))
        {
            slot = names.Count;
            slots.Add(name, slot);
            names.Add(name);
        }
        return slot;
    }

    private static int Place(List<int> places, int slot)
    {
        if (places.IndexOf(slot) is var known and >= 0)
            return known;
        places.Add(slot);
        return places.Count - 1;
    }
}
