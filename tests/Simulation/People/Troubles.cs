using System.Globalization;

namespace B2D.Simulation.People;

/// <summary>What goes wrong with the devices of a town: cabinets that are cut, one beside another, routers that are switched off, pumps with errors that come and go, use.</summary>
internal static class Troubles
{
    private static readonly string[] Codes = ["E42", "E42", "E7", "E7", "E99"];

    /// <summary>Puts into the town's agenda what is in its seed.</summary>
    public static void Plan(PeopleTown town, Random dice)
    {
        var hours = town.Setting.Life.TotalHours;
        for (var cuts = dice.Next(1, 4); cuts > 0; cuts--)
            Cut(town, dice, town.Start.AddHours(0.2 + (dice.NextDouble() * (hours - 4))));
        for (var lone = dice.Next(3); lone > 0; lone--)
            Off(town, dice, dice.Next(1, PeopleTown.Routers + 1), town.Start.AddHours(dice.NextDouble() * (hours - 1)), TimeSpan.FromHours(dice.NextDouble() * 3));
        for (var errors = dice.Next(8, 18); errors > 0; errors--)
            Error(town, dice, town.Start.AddHours(0.1 + (dice.NextDouble() * (hours - 1))));
        for (var dues = dice.Next(1, 4); dues > 0; dues--)
        {
            var pump = $"HP-{dice.Next(1, PeopleTown.Pumps + 1)}";
            var at = town.Start.AddHours(dice.NextDouble() * (hours - 1));
            town.Later(town.Start.AddMinutes(3), () => Hours(town, pump, 1));
            town.Later(at, () => Hours(town, pump, 95));
        }
    }

    /// <summary>All works again, and goes on to.</summary>
    public static void End(PeopleTown town)
    {
        foreach (var device in town.Owners.Keys)
            town.Connect(device);
        foreach (var pump in town.Owners.Keys.Where(d => d.StartsWith("HP", StringComparison.Ordinal)))
        {
            foreach (var code in Codes.Distinct())
                town.Code(pump, code, set: false);
        }
    }

    private static void Hours(PeopleTown town, string pump, int hours) => town.Publish(pump, "telemetry", $$"""{"hours_total":{{hours.ToString(CultureInfo.InvariantCulture)}}}""");

    /// <summary>Most routers of a cabinet, within two minutes; half of the times the cabinet beside it too, a while later. They come back one after the other.</summary>
    private static void Cut(PeopleTown town, Random dice, DateTimeOffset at)
    {
        var cabinet = dice.Next(4);
        var lasts = TimeSpan.FromMinutes(dice.Next(4, 240));
        Cut(town, dice, cabinet, at, lasts);
        if (dice.Next(2) == 0)
            Cut(town, dice, cabinet ^ 1, at.AddMinutes(dice.Next(1, 30)), lasts);
    }

    private static void Cut(PeopleTown town, Random dice, int cabinet, DateTimeOffset at, TimeSpan lasts)
    {
        foreach (var router in Enumerable.Range((cabinet * PeopleTown.RoutersInACabinet) + 1, PeopleTown.RoutersInACabinet).Where(_ => dice.Next(12) > 0))
            Off(town, dice, router, at.AddSeconds(dice.Next(0, dice.Next(6) == 0 ? 1200 : 120)), lasts + TimeSpan.FromSeconds(dice.Next(0, 900)));
    }

    private static void Off(PeopleTown town, Random dice, int router, DateTimeOffset at, TimeSpan lasts)
    {
        town.Later(at, () => town.Drop($"RT-{router}"));
        town.Later(at + lasts, () => town.Connect($"RT-{router}"));
        // Now and then once more, soon after it came back.
        if (dice.Next(8) != 0)
            return;
        town.Later(at + lasts + TimeSpan.FromMinutes(3), () => town.Drop($"RT-{router}"));
        town.Later(at + lasts + TimeSpan.FromMinutes(dice.Next(4, 30)), () => town.Connect($"RT-{router}"));
    }

    private static void Error(PeopleTown town, Random dice, DateTimeOffset at)
    {
        var (pump, code) = ($"HP-{dice.Next(1, PeopleTown.Pumps + 1)}", Codes[dice.Next(Codes.Length)]);
        for (var times = dice.Next(1, 4); times > 0; times--)
        {
            var until = at.AddMinutes(dice.Next(2) == 0 ? dice.Next(1, 20) : dice.Next(20, 400));
            var from = at;
            // What begins when all was mended has no time to end.
            if (from < town.LifeEnds)
                town.Later(from, () => town.Code(pump, code, set: true));
            town.Later(until, () => town.Code(pump, code, set: false));
            at = until.AddMinutes(dice.Next(1, 90));
        }
    }
}
