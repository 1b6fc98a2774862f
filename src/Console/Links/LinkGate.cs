using System.Globalization;
using System.Net;
using B2D.Console.Access;

namespace B2D.Console.Links;

/// <summary>
/// Makes guessing hopeless: an address that named ten links or codes that are none of ours waits five minutes, and when 300 wrong codes came within an hour, from wherever,
/// no code opens anything until the hour is over. Links, which have 128 bits, always do: many customers of a mobile network share an address.
/// </summary>
internal sealed class LinkGate(TimeProvider time)
{
    /// <summary>Wrong ones of an address, and how long it waits.</summary>
    public const int MostOfAddress = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>Wrong codes in all, and within what time.</summary>
    public const int MostInAll = 300;
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>What can be done with one link within that time: more than any customer does, and too little to fill a timeline.</summary>
    public const int MostActs = 30;

    private readonly CountGate acts = new(MostActs, Hour, time);
    private readonly AddressGate addresses = new(MostOfAddress, Window, time);
    private readonly Lock turn = new();
    private long since;
    private int wrong;

    /// <summary>How often something that is none of ours was named since the start, for /metrics.</summary>
    public long Wrong => Interlocked.Read(ref all);

    private long all;

    /// <summary>How long the address has to wait; zero where it may try.</summary>
    /// <param name="code">With a code that is typed.</param>
    public TimeSpan Wait(IPAddress? address, bool code)
    {
        var own = addresses.Wait(address);
        if (!code)
            return own;
        lock (turn)
        {
            var left = wrong >= MostInAll ? Hour - time.GetElapsedTime(since) : TimeSpan.Zero;
            return left > own ? left : own;
        }
    }

    /// <summary>How long nothing can be done with a link; zero where something can, which counts.</summary>
    public TimeSpan WaitToAct(long link)
    {
        var key = link.ToString(CultureInfo.InvariantCulture);
        var wait = acts.Wait(key);
        if (wait == TimeSpan.Zero)
            acts.Happened(key);
        return wait;
    }

    public void Failed(IPAddress? address, bool code)
    {
        Interlocked.Increment(ref all);
        addresses.Failed(address);
        if (!code)
            return;
        lock (turn)
        {
            if (wrong == 0 || time.GetElapsedTime(since) > Hour)
                (since, wrong) = (time.GetTimestamp(), 0);
            wrong++;
        }
    }
}
