namespace B2D.Simulation.World;

/// <summary>Kills a role or the whole program of a town at commits drawn by chance, and starts it again: the worker at once, the program after up to three seconds.</summary>
internal sealed class Executioner
{
    private readonly VirtualTown town;
    private readonly Victim victim;
    private readonly Random dice;
    private readonly CommitPoints commits;
    private DateTimeOffset? backAt;

    /// <summary>Enough: so often a run that keeps dying while it comes back may do so.</summary>
    private const int MostKills = 40;

    /// <summary>Arms itself at once: the first kill may come with the next commit.</summary>
    public Executioner(VirtualTown town, Victim victim, int seed)
    {
        (this.town, this.victim, dice) = (town, victim, new Random(seed));
        commits = town.Installation.Commits = new CommitPoints(town.Installation.Stores);
        Arm();
        town.AfterStep = _ => Look();
    }

    /// <summary>How often it has killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Kills no more; what is dead is started again.</summary>
    public void Rest()
    {
        commits.Disarm();
        if (!town.Installation.WorkerRuns || !town.Installation.GatewayRuns)
            Revive();
        town.AfterStep = null;
        town.Installation.Commits = null;
    }

    /// <summary>Does something that may be cut short by a kill; a person or program that sees it fail does it again after the restart.</summary>
    public void Do(Action what)
    {
        while (true)
        {
            try
            {
                what();
                town.Installation.Pump();
                if (!commits.IsDead)
                    return;
            }
            catch (Microsoft.Data.Sqlite.SqliteException) when (commits.IsDead)
            {
                // Cut short.
            }
            do
            {
                town.RunUntil(town.Clock.Now + town.Setting.Step);
                Look();
            }
            while (commits.IsDead || backAt is not null);
        }
    }

    private void Arm()
    {
        // Mostly somewhere in the run, now and then right after the last time: also in the middle of coming back.
        if (Kills >= MostKills)
            return;
        // Each cut is a commit too: as many kills where partitions are cut with every few entries as where they hardly ever are. Killed much more often than every
        // few seconds, the program would be down most of the time, and silence counts only while it is up.
        var most = (victim, IsCut: town.Setting.SnapshotEvery < 100_000) switch { (Victim.Worker, true) => 300, (Victim.Worker, false) => 100, (_, true) => 2200, _ => 700 };
        var nth = dice.Next(5) == 0 ? dice.Next(1, 6) : dice.Next(1, most);
        commits.Arm(victim, nth, undo: dice.Next(2) == 0);
    }

    private void Look()
    {
        if (commits.IsDead)
        {
            Kills++;
            commits.Disarm();
            town.Installation.KillWorker();
            if (victim == Victim.Process)
                town.Installation.KillGateway();
            backAt = town.Clock.Now + (victim == Victim.Process ? TimeSpan.FromSeconds(dice.NextDouble() * 3) : TimeSpan.Zero);
        }
        if (backAt is not { } back || town.Clock.Now < back)
            return;
        backAt = null;
        Arm();
        Revive();
    }

    private void Revive()
    {
        try
        {
            if (victim == Victim.Worker)
                town.Installation.StartWorker();
            else
                town.Installation.Start();
        }
        catch (Microsoft.Data.Sqlite.SqliteException) when (commits.IsDead)
        {
            // Killed in coming back: the next look sees it.
        }
    }
}
