using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;

namespace B2D.Simulation.People;

/// <summary>What one seed of the world of people is. The same setting gives the same run.</summary>
internal sealed record PeopleSetting(int Seed)
{
    /// <summary>Nobody is woken from 22:00 to 7:30. In a third of the seeds.</summary>
    public bool Nights => Seed % 3 == 1;

    /// <summary>Three notices of outages and of cases a day are the most. In a quarter of the seeds.</summary>
    public bool FewNotices => Seed % 4 == 2;

    /// <summary>What more than three are to be told is offered to a person first. In a third of the seeds.</summary>
    public bool Offered => Seed % 3 == 0;

    /// <summary>A fifth of the fleet that is silent at once is taken for our own trouble. In a fifth of the seeds.</summary>
    public bool Guarded => Seed % 5 == 3;

    /// <summary>Channels refuse, deliver without an answer, and some addresses are dead. In a third of the seeds.</summary>
    public bool Failing => Seed % 3 == 2;

    /// <summary>The worker is killed now and then, and another one begins. In a quarter of the seeds.</summary>
    public bool Restarts => Seed % 4 == 3;

    /// <summary>So long things break and people act; then all is mended and people rest.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromHours(16);

    /// <summary>So long it is looked on afterwards: longer than a night and what is quiet after it.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromHours(16);

    /// <summary>Time between two looks of people, and of everything else.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The same while people rest.</summary>
    public TimeSpan RestStep { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Acts of people in an hour, on average.</summary>
    public double ActsAnHour { get; init; } = 14;

    /// <summary>What is not right in this world on purpose. Default: nothing.</summary>
    public Wiring Wiring { get; init; } = new();

    /// <summary>What is done to the state database in each step, on purpose. Default: nothing.</summary>
    public Action<PeopleTown>? Spoils { get; init; }

    /// <summary>What the program is told of how customers are reached, in place of <see cref="Notices"/>. Default: the same.</summary>
    public Func<NoticeOptions, NoticeOptions> Tampers { get; init; } = notices => notices;

    public WorkerOptions Worker => new()
    {
        UpdateEvery = TimeSpan.FromMinutes(40),
        GuardShare = Guarded ? 0.2 : 0.9,
        ApprovalAbove = Offered ? 3 : 500,
        PlannedAhead = TimeSpan.FromHours(3),
        PlannedReminder = TimeSpan.FromMinutes(40),
        ComplaintAcknowledged = TimeSpan.FromHours(2),
        ComplaintAnswered = TimeSpan.FromHours(6),
    };

    public NoticeOptions Notices => VirtualInstallation.NoticeOptions with
    {
        QuietHours = Nights ? PeopleTown.Night : "none",
        Caps = FewNotices ? new CapOptions { Service = 3, Case = 3, Usage = 1 } : new CapOptions(),
        Links = new LinkOptions
        {
            Url = "https://b2d.example",
            Secret = "whsec_" + Convert.ToBase64String(new byte[32]),
            Pages = true,
            Lasts = PeopleTown.LinkLasts,
            BookBefore = TimeSpan.FromMinutes(30),
            ChangeBefore = TimeSpan.FromHours(2),
        },
    };
}
