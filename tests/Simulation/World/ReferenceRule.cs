namespace B2D.Simulation.World;

/// <summary>Raised so often within so long, a fault stays open until it was normal for so long. Times in ms.</summary>
internal sealed record ReferenceChatter(int Raises, long WithinMs, long QuietMs);

/// <summary>
/// One rule of one device, evaluated naively. All times are epoch milliseconds: <c>now</c> by the server's clock, <c>at</c> by the device's. Here is what
/// any kind of rule has in common: it may latch and chatter, and while people work on the device it raises nothing.
/// </summary>
internal abstract class ReferenceRule(string device, string rule)
{
    private readonly List<(long RaisedAt, long OnsetAt, long ClearedAt)> episodes = [];
    private readonly List<long> raises = [];
    private long notBefore;
    private bool acknowledged;

    public string Rule => rule;

    /// <summary>Its episodes; 0 for not cleared.</summary>
    public IReadOnlyList<(long RaisedAt, long OnsetAt, long ClearedAt)> All => episodes;

    public IEnumerable<string> Episodes => episodes.Select(e => Reference.Line(device, rule, e.RaisedAt, e.OnsetAt, e.ClearedAt));

    /// <summary>A rule set with it is in force.</summary>
    public bool IsInForce { get; private set; }

    /// <summary>It takes no notice of people who work on the device.</summary>
    public bool IsSafety { get; init; }

    /// <summary>It ends only when somebody has acknowledged it, too.</summary>
    public bool Latch { get; init; }

    /// <summary>What it does when it comes and goes; null: it comes and goes.</summary>
    public ReferenceChatter? Chatter { get; init; }

    /// <summary>Its condition and times alone count: it neither latches nor chatters.</summary>
    public bool IsPlain { get; set; }

    /// <summary>The hours in which people are told of it; null: always.</summary>
    public ReferenceHours? During { get; init; }

    /// <summary>How often its faults began to chatter, became quiet after it, waited for a person, came back while they waited, and were acknowledged.</summary>
    public (int Chattered, int Quiet, int Latched, int Relapsed, int Acknowledged) Counts { get; private set; }

    protected bool IsOpen => episodes is [.., { ClearedAt: 0 }];

    /// <summary>It is open, its condition over, and nobody has acknowledged it.</summary>
    protected bool IsLatched { get; private set; }

    protected bool Chatters { get; private set; }

    /// <summary>Nothing is raised before.</summary>
    protected long NotBefore => IsSafety ? 0 : notBefore;

    /// <summary>A rule set with it comes into force.</summary>
    public virtual void SetRules(long now) => IsInForce = true;

    /// <summary>Time passes up to an instant without a message.</summary>
    public virtual void RunTo(long until)
    {
    }

    /// <summary>Time passed in which nothing could be heard: what would have been raised in it is raised at its end.</summary>
    public virtual void SkipDowntime(long from, long now) => notBefore = notBefore >= from ? Math.Max(notBefore, now) : notBefore;

    /// <summary>The device counts from an earlier time on.</summary>
    public virtual void SetClockBack(long at)
    {
    }

    /// <summary>People work on the device until then, or no more.</summary>
    public void Maintain(long until, long now) => notBefore = Math.Max(until, now);

    /// <summary>Somebody has seen it.</summary>
    public void Acknowledge(long now)
    {
        Count(acknowledged: IsOpen ? 1 : 0);
        if (IsLatched)
            Clear(now);
        else
            acknowledged = IsOpen;
    }

    protected void Raise(long raisedAt, long onsetAt)
    {
        episodes.Add((raisedAt, onsetAt, 0));
        acknowledged = false;
        if (Chatter is not { } chatter || IsPlain)
            return;
        raises.Add(raisedAt);
        Chatters = raises.Count >= chatter.Raises && raisedAt - raises[^chatter.Raises] <= chatter.WithinMs;
        Count(chattered: Chatters ? 1 : 0);
    }

    /// <summary>Its condition is over.</summary>
    protected void End(long now)
    {
        if (Latch && !acknowledged && !IsPlain)
        {
            IsLatched = true;
            Count(latched: 1);
        }
        else
        {
            Clear(now);
        }
    }

    /// <summary>Its condition is true again while it waits for a person.</summary>
    protected void Relapse()
    {
        IsLatched = false;
        Count(relapsed: 1);
    }

    /// <summary>It is over.</summary>
    protected virtual void Cleared()
    {
    }

    private void Clear(long now)
    {
        episodes[^1] = episodes[^1] with { ClearedAt = now };
        if (Chatters)
        {
            raises.Clear();
            Count(quiet: 1);
        }
        (Chatters, IsLatched, acknowledged) = (false, false, false);
        Cleared();
    }

    private void Count(int chattered = 0, int quiet = 0, int latched = 0, int relapsed = 0, int acknowledged = 0) => Counts = (
        Counts.Chattered + chattered, Counts.Quiet + quiet, Counts.Latched + latched, Counts.Relapsed + relapsed, Counts.Acknowledged + acknowledged);
}
