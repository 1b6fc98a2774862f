using System.Globalization;
using B2D.Console;
using B2D.Console.Maintenance;
using B2D.Core;
using B2D.Core.Maintenance;
using B2D.FirmwareSim.Fleets;

namespace B2D.Simulation.World;

/// <summary>What somebody planned, and what became of the plan: one row for each time that it was changed.</summary>
/// <param name="Scope">Of what.</param>
/// <param name="Target">Which one.</param>
/// <param name="Hours">When it repeats; null: all the time from beginning to end.</param>
/// <param name="Known">From when on which beginning and end were agreed; the last one counts. An end before the beginning: it was called off.</param>
internal sealed record PlannedWork(MaintenanceScope Scope, string Target, ReferenceHours? Hours, List<(long At, long From, long Until)> Known)
{
    /// <summary>It concerns a device: on the segment or below, reporting through it, or of the model.</summary>
    public bool Concerns(Device device) => Scope switch
    {
        MaintenanceScope.Segment => device.Segment == Target || device.Segment?.StartsWith(Target + "/", StringComparison.Ordinal) == true,
        MaintenanceScope.Device => device.Id == Target || device.Parent == Target,
        _ => device.Model == Target,
    };

    /// <summary>True at an instant at which it was planned to run as it had been agreed by then.</summary>
    public bool RunsAt(long at) => RunsAt(at, at);

    /// <summary>True at an instant at which it was planned to run as it had been agreed by another one.</summary>
    public bool RunsAt(long at, long agreedBy) => Known.FindLastIndex(k => k.At <= agreedBy) is var last and >= 0 && at >= Known[last].From && at < Known[last].Until && Hours?.IsOpen(at) != false;
}

/// <summary>
/// People who plan work on what is theirs, as the console's page does: on a cabinet or what is above it, a device, a model; begun a while ago, at once or later; each night
/// anew; called off, moved, ended before its time. All of it is in the seed.
/// </summary>
internal sealed class MaintenanceCrew
{
    private readonly VirtualTown town;
    private readonly MaintenanceDesk desk;
    private readonly List<(DateTimeOffset At, Action Do)> agenda = [];
    private readonly List<PlannedWork> planned = [];

    public MaintenanceCrew(VirtualTown town)
    {
        (this.town, desk) = (town, new MaintenanceDesk(town.Installation.Stores, town.Clock));
        var dice = new Random(town.Setting.Seed + 77);
        for (var plans = dice.Next(1, 5); plans > 0; plans--)
            Add(dice);
        agenda.Sort((a, b) => a.At.CompareTo(b.At));
    }

    /// <summary>Everything that was planned.</summary>
    public IReadOnlyList<PlannedWork> Planned => planned;

    /// <summary>How often a plan was moved, ended or called off.</summary>
    public int Changed => planned.Sum(p => p.Known.Count - 1);

    /// <summary>Does what is due. What fails is due still.</summary>
    public void Step(DateTimeOffset now)
    {
        while (agenda is [var (at, act), ..] && at <= now)
        {
            act();
            agenda.RemoveAt(0);
        }
    }

    private static TimeSpan Seconds(Random dice, double from, double to) => TimeSpan.FromSeconds(Math.Round(from + (dice.NextDouble() * (to - from)), 3));

    private void Add(Random dice)
    {
        var (scope, target) = Whereupon(dice);
        // Every fourth time for so long that what happens meanwhile is over before.
        var isLong = dice.Next(4) == 0;
        var at = town.Town.Start + (isLong ? Seconds(dice, 1, 12) : Seconds(dice, 1, 45));
        var from = at + (isLong || dice.Next(3) == 0 ? -Seconds(dice, 1, 3600) : Seconds(dice, 0, 25));
        var until = (from > at ? from : at) + (isLong ? Seconds(dice, 60, 150) : Seconds(dice, 5, 60));
        var (text, hours) = dice.Next(4) == 0 ? Nightly(dice, at) : (null, null);
        if (hours is not null)
            until += TimeSpan.FromDays(dice.Next(1, 200));
        var id = 0L;
        var work = new PlannedWork(scope, target, hours, []);
        agenda.Add((at, () =>
        {
            var now = ServerTime.From(town.Clock.Now);
            var words = new MaintenanceWords { Title = "Work", Scope = scope.ToString(), Target = target, Hours = text };
            var (row, problem) = words.Read(ServerTime.From(from), ServerTime.From(until), now);
            (id, _, var refused) = desk.Plan(row ?? throw new InvalidOperationException(problem), "somebody");
            if (refused.Length > 0)
                throw new InvalidOperationException(refused);
            planned.Add(work);
            work.Known.Add((now.EpochMs, from.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds()));
        }));
        // Now and then twice: moved, then ended.
        for (var acts = dice.Next(3); acts > 0; acts--)
        {
            var (actAt, isEnd, end) = (at + Seconds(dice, 0.5, 50), dice.Next(2) == 0, Seconds(dice, 2, 40));
            agenda.Add((actAt, () => Change(id, work, isEnd, from, end)));
        }
    }

    private void Change(long id, PlannedWork work, bool isEnd, DateTimeOffset from, TimeSpan end)
    {
        var now = ServerTime.From(town.Clock.Now);
        var until = ServerTime.From((from > town.Clock.Now ? from : town.Clock.Now) + end);
        var (act, problem) = new MaintenanceActWords { Act = isEnd ? "end" : "until" }.Read(null, isEnd ? null : until);
        // Over already, it just began, or its hours never come any more: people shrug.
        if (desk.Act(id, 0, act ?? throw new InvalidOperationException(problem), "somebody") is ActOutcome.Done)
            work.Known.Add((now.EpochMs, work.Known[^1].From, isEnd ? now.EpochMs : until.EpochMs));
    }

    private (MaintenanceScope Scope, string Target) Whereupon(Random dice)
    {
        // Every other time on what something is going to happen to: people work where something is broken, and break it.
        var struck = town.Plan.Injections[dice.Next(town.Plan.Injections.Count)];
        var isStruck = dice.Next(2) == 0;
        var cabinet = isStruck && town.Plan.Injections.FirstOrDefault(i => i.Segment is not null) is { } cut ? cut.Segment! : town.Town.Cabinets[dice.Next(town.Town.Cabinets.Count)];
        var device = isStruck && struck.Device is { } id ? town.Town.Find(id) : town.Town.Devices[dice.Next(town.Town.Devices.Count)];
        return dice.Next(6) switch
        {
            0 or 1 => (MaintenanceScope.Segment, cabinet),
            2 => (MaintenanceScope.Segment, cabinet[..cabinet.LastIndexOf('/')]),
            3 or 4 => (MaintenanceScope.Device, device.Id),
            _ => (MaintenanceScope.Model, device.Model),
        };
    }

    /// <summary>Some minutes of every day of which the first or the last begins or ends in the next minute.</summary>
    private static (string Text, ReferenceHours Hours) Nightly(Random dice, DateTimeOffset at)
    {
        const string Zone = "Europe/Lisbon";
        var wall = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(Zone));
        var minute = (wall.Hour * 60) + wall.Minute + 1440;
        var (from, to) = dice.Next(2) == 0 ? ((minute + 1) % 1440, (minute + 2) % 1440) : ((minute - 30) % 1440, (minute + 1) % 1440);
        return (string.Create(CultureInfo.InvariantCulture, $"mon-sun {from / 60:00}:{from % 60:00}-{to / 60:00}:{to % 60:00} {Zone}"),
            new ReferenceHours(Zone, [(from, to)], Enum.GetValues<DayOfWeek>().ToHashSet()));
    }
}
