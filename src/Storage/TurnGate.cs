namespace B2D.Storage;

/// <summary>Lets callers through one at a time, in the order in which they came (a plain lock promises no order).</summary>
internal sealed class TurnGate
{
    private readonly object gate = new();
    private long nextTicket;
    private long served;

    public void Enter()
    {
        lock (gate)
        {
            var ticket = nextTicket++;
            while (ticket != served)
                Monitor.Wait(gate);
        }
    }

    public void Leave()
    {
        lock (gate)
        {
            served++;
            Monitor.PulseAll(gate);
        }
    }
}
