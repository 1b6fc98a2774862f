using System.Globalization;
using System.Text;
using System.Text.Json;
using B2D.Console;
using B2D.Core;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Truth;
using B2D.Storage.Cases;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Outages;

namespace B2D.Host.Demo;

/// <summary>The guided demo for the console: buttons, and what each trouble became, side by side. Bound to a run once it has started.</summary>
internal sealed class DemoFeed(TimeProvider time) : IDemo
{
    private const int MostStories = 12;
    private const int MostLines = 14;
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly Lock gate = new();
    private DemoRun? run;
    private IReadOnlyList<DemoStory> stories = [];
    private long madeAt;
    private string print = "";
    private long revision;

    /// <summary>The run whose stories are told.</summary>
    public void Bind(DemoRun started) => run = started;

    public long Revision
    {
        get
        {
            _ = Stories;
            return Interlocked.Read(ref revision);
        }
    }

    public IReadOnlyList<DemoStory> Stories
    {
        get
        {
            if (run is not { } live)
                return [];
            lock (gate)
            {
                if (madeAt != 0 && time.GetElapsedTime(madeAt) < Fresh)
                    return stories;
                stories = live.Runner.Do((fleet, _) => Subjects(fleet.Truth)).Select(s => Tell(live, s)).ToArray();
                madeAt = time.GetTimestamp();
                var now = Print(stories);
                if (now != print)
                    revision++;
                print = now;
                return stories;
            }
        }
    }

    public string Press(DemoButton button)
    {
        if (run is not { } live)
            return "The town is still being built; try again in a moment.";
        return live.Runner.Do((fleet, now) => button switch
        {
            DemoButton.CutCabinet => fleet.CutCabinet(now) is { } cut ? $"The cable of cabinet {cut.Segment} is cut: {cut.Devices.Count} routers, {cut.Customers.Count} customers." : "Every cabinet that could be cut is cut already.",
            DemoButton.BlockPump => fleet.BlockPump(now) is { } pump ? $"The pump of {pump.Device} blocks." : "Every heat pump has a trouble already.",
            DemoButton.RunFilterOut => fleet.RunFilterOut(now) is { } device ? $"The filter of {device} is running out." : "Every coffee machine has a trouble already.",
            _ => fleet.Repair(now) is var mended and > 0 ? $"{mended} troubles were repaired." : "There is nothing to repair.",
        });
    }

    /// <summary>What is told: by a copy, because the fleet goes on.</summary>
    private sealed record Subject(string Id, string Title, long AtMs, string[] Devices, string Segment, string[] Sent, long[] SentMs, bool Over);

    private static List<Subject> Subjects(GroundTruth truth)
    {
        var found = new List<Subject>();
        found.AddRange(truth.Outages.Select(o => new Subject($"outage-{o.Id}", $"A cabinet is cut: {o.Segment}", o.FromMs, [.. o.Devices], o.Segment, [], [], o.ToMs is not null)));
        found.AddRange(truth.Faults.Where(f => f.Expected != Expectation.None).Select(f => Of(truth, $"fault-{f.Id}", TitleOf(f), f.FromMs, f.Device, f.ToMs is not null)));
        found.AddRange(truth.Dues.Select((d, i) => Of(truth, $"due-{i}", $"A filter runs out: {d.Device}", d.FromMs, d.Device, d.ResetMs is not null)));
        return [.. found.OrderByDescending(s => s.AtMs).Take(MostStories)];
    }

    private static Subject Of(GroundTruth truth, string id, string title, long at, string device, bool over)
    {
        var messages = truth.Messages.Where(m => m.Device == device && m.CreatedMs >= at - 3000).ToArray();
        // Codes and answers say more than the tenth measurement: they all stay, with a few readings around the beginning.
        var shown = messages.Where(m => m.Kind is MessageKind.Event or MessageKind.Reply)
            .Concat(messages.Where(m => m.Kind == MessageKind.Telemetry).Take(4))
            .OrderBy(m => m.CreatedMs).Take(MostLines).ToArray();
        return new Subject(id, title, at, [device], "", [.. shown.Select(Line)], [.. shown.Select(m => m.CreatedMs)], over);
    }

    private static string TitleOf(InjectedFault f) => f.Kind switch
    {
        InjectionKind.ControllerHung => $"A controller hangs: {f.Device}",
        InjectionKind.PumpBlocked => $"A pump blocks: {f.Device}",
        _ => $"{f.Kind}: {f.Device}",
    };

    private static string Line(SentMessage m) => m.Kind switch
    {
        MessageKind.Event => $"{m.Device} code {m.Event!.Code} {m.Event.State}",
        MessageKind.Reply => $"{m.Device} answers the command",
        _ when m.Readings.Count > 0 => $"{m.Device} " + string.Join(", ", m.Readings[^1].Values.Take(4).Select(v => $"{v.Key} {v.Value}")),
        _ => $"{m.Device} {m.Kind}",
    };

    private static DemoStory Tell(DemoRun live, Subject s)
    {
        var stores = live.Installation.Stores;
        var decided = new List<DemoDecision>();
        var led = new List<DemoLink>();
        var phone = new List<DemoMessage>();
        var sent = s.Sent.Select((line, i) => new DemoLine(new ServerTime(s.SentMs[i]), line)).ToList();
        stores.State.Read(db =>
        {
            if (s.Segment.Length > 0)
                TellOutage(db, live, s, sent, decided, led, phone);
            else
                TellDevice(db, live, s, decided, led, phone);
        });
        var settled = s.Over && (led.Count > 0 || phone.Count > 0);
        return new DemoStory(s.Id, s.Title, new ServerTime(s.AtMs), settled, sent, [.. decided.OrderBy(d => d.At).TakeLast(MostLines)], led, [.. phone.OrderBy(p => p.At).TakeLast(8)]);
    }

    private static void TellOutage(Storage.Db db, DemoRun live, Subject s, List<DemoLine> sent, List<DemoDecision> decided, List<DemoLink> led, List<DemoMessage> phone)
    {
        sent.Add(new DemoLine(new ServerTime(s.AtMs), $"{s.Devices.Length} routers of {s.Segment} fall silent: no goodbye, their wills speak for them"));
        var row = OutageStore.List(db, [], 200).Where(o => o.Segment == s.Segment && o.BeganAt >= s.AtMs - 1000).MinBy(o => o.Id);
        if (row is null)
            return;
        foreach (var line in TimelineStore.List(db, $"outage:{row.Id}", 50).Reverse())
            decided.Add(new DemoDecision(new ServerTime(line.At), line.Text, row.Rule, ReasonOf(line)));
        led.Add(new DemoLink($"/outages/{row.Id}", $"Outage {row.Id}", $"{row.Recovered} of {row.Devices} routers are back; {row.Customers} customers touched; {row.State}."));
        var messages = live.Phones.Received.Where(p => p.About == $"outage:{row.Id}").ToArray();
        // One phone tells the story; the count says how many got the same.
        foreach (var group in messages.GroupBy(m => m.Status))
        {
            var first = group.MinBy(m => m.AtMs)!;
            phone.Add(new DemoMessage(new ServerTime(first.AtMs), NameOf(live, first.Customer) + (group.Count() > 1 ? $" and {group.Count() - 1} more" : ""), first.Channel, first.Text));
        }
    }

    private static void TellDevice(Storage.Db db, DemoRun live, Subject s, List<DemoDecision> decided, List<DemoLink> led, List<DemoMessage> phone)
    {
        var device = s.Devices[0];
        foreach (var fault in FaultStore.List(db, new FaultFilter { Device = device, Limit = 20 }).Where(f => f.RaisedAt >= s.AtMs - 1000))
        {
            decided.Add(new DemoDecision(new ServerTime(fault.RaisedAt), $"{fault.Title}: raised, {fault.Severity.ToString().ToLowerInvariant()}", fault.Rule, "raised"));
            if (fault.ClearedAt > 0)
                decided.Add(new DemoDecision(new ServerTime(fault.ClearedAt), $"{fault.Title}: cleared", fault.Rule, fault.ClearReason));
        }
        foreach (var line in TimelineStore.List(db, $"device:{device}", 50).Where(l => l.At >= s.AtMs - 1000))
            decided.Add(new DemoDecision(new ServerTime(line.At), line.Text, "", ReasonOf(line)));
        foreach (var row in CaseStore.List(db, new CaseFilter { Device = device, Limit = 5 }).Where(c => c.OpenedAt >= s.AtMs - 1000))
        {
            led.Add(new DemoLink($"/cases/{row.Id}", $"Case {row.Id}", $"{row.Summary} {row.State}."));
            foreach (var line in TimelineStore.List(db, $"case:{row.Id}", 50))
                decided.Add(new DemoDecision(new ServerTime(line.At), line.Text, row.Rule, ReasonOf(line)));
        }
        foreach (var due in DueStore.List(db, new DueFilter { Device = device, Limit = 5 }).Where(d => d.ChangedAt >= s.AtMs - 1000))
        {
            led.Add(new DemoLink("/dues", due.Title, string.Create(CultureInfo.InvariantCulture, $"{due.Used:0} of {due.Every:0} {due.Unit} used; {due.State}. No case: nothing is broken.")));
            foreach (var line in TimelineStore.List(db, $"due:{due.Id}", 20))
                decided.Add(new DemoDecision(new ServerTime(line.At), line.Text, due.Rule, ReasonOf(line)));
        }
        if (led.Count == 0 && decided.Any(d => d.Text.Contains("worked", StringComparison.Ordinal)))
            led.Add(new DemoLink($"/devices/{device}", device, "Mended itself: no case, nobody had to be told."));
        var owner = live.Town.TryFind(device)?.CustomerId;
        foreach (var message in live.Phones.Received.Where(p => p.Customer == owner && p.AtMs >= s.AtMs && (p.About.Contains(device, StringComparison.Ordinal) || p.Status == "due")))
            phone.Add(new DemoMessage(new ServerTime(message.AtMs), NameOf(live, message.Customer), message.Channel, message.Text));
    }

    /// <summary>Why, in words, where the line says so; else what kind of line it is.</summary>
    private static string ReasonOf(TimelineRow line)
    {
        using var detail = JsonDocument.Parse(line.Detail);
        return detail.RootElement.TryGetProperty("why", out var why) && why.GetString() is { Length: > 0 } words ? words : line.Kind;
    }

    private static string NameOf(DemoRun live, string customer) => live.Town.Customers.FirstOrDefault(c => c.Id == customer)?.Name ?? customer;

    private static string Print(IReadOnlyList<DemoStory> stories)
    {
        var text = new StringBuilder();
        foreach (var s in stories)
            text.Append(CultureInfo.InvariantCulture, $"{s.Id}:{s.Sent.Count}:{s.Decided.Count}:{s.Phone.Count}:{string.Join('|', s.Led.Select(l => l.Sentence))};");
        return text.ToString();
    }
}
