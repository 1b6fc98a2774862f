using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;

namespace B2D.Acceptance;

/// <summary>A town of routers in cabinets: eight in one of the south, the others in the north. Each customer, C-RT-1 and so on, has one of them.</summary>
internal static class OutageTown
{
    public const string Rules = TownRules.AccessNetwork + """
        - fault: router-silent
          title: Router does not answer
          silent: 10m
          start_grace: 1m
          explained_by: outage

        """;

    /// <summary>The same with a fault that opens its case at once, and of which its owner is told after ten minutes.</summary>
    public static readonly string Broken = Rules.Replace("of: [ router-silent ]", "of: [ router-silent, router-broken ]", StringComparison.Ordinal)
        + "\n- fault: router-broken\n  title: Router reports no line\n  codes: [ E66 ]\n  case: { family: line }\n  notice: { template: device-fault, to: owner, hold_back: 10m }\n";

    /// <summary>The routers of the cabinet in the south.</summary>
    public static readonly string[] Cabinet = Routers(1, 8);

    /// <summary>The routers of the north, eight in a cabinet and two cabinets at a node.</summary>
    public static readonly string[] Others = Routers(9, 32);

    /// <summary>The town two minutes after all of its routers connected.</summary>
    /// <param name="others">How many of <see cref="Others"/> there are.</param>
    public static Scene Open(WorkerOptions? worker = null, string rules = Rules, int others = 32, NoticeOptions? notices = null)
    {
        string[] all = [.. Cabinet, .. Others[..others]];
        var people = string.Concat(all.Select((r, i) => $"C-{r},Person {i},p{i}@example.org,+35191{i:0000000},en,Europe/Lisbon,{(r == "RT-1" ? "email" : "sms")},,\"{(i is >= 16 and < 24 ? "Cedofeita" : "Bonfim")}, Porto\"\n"));
        var routers = string.Concat(all.Select((r, i) => $"{r},RT-AX3,{(i < 8 ? "south/s1/cab-1" : $"north/n{1 + ((i - 8) / 16)}/cab-{1 + ((i - 8) / 8)}")},C-{r},\n"));
        var scene = new Scene(rules, people, routers, worker, notices: notices);
        scene.Connect(all);
        scene.Wait(TimeSpan.FromMinutes(2));
        return scene;
    }

    private static string[] Routers(int first, int count) => [.. Enumerable.Range(first, count).Select(i => $"RT-{i}")];
}
