using System.Runtime.ExceptionServices;

namespace B2D.Host.Loops;

/// <summary>Long work that no acknowledgement and no case waits for, on a thread of its own to which the others need not give way.</summary>
internal static class QuietThread
{
    /// <summary>Does the work and waits for it.</summary>
    /// <param name="name">What it is, for whoever lists the threads.</param>
    public static T Run<T>(string name, Func<T> work)
    {
        var result = default(T)!;
        ExceptionDispatchInfo? failed = null;
        var thread = new Thread(() =>
        {
            ThreadShare.GiveWay();
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // It is thrown again where the work was asked for.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failed = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            Name = $"b2d {name}",
            IsBackground = true,
        };
        thread.Start();
        thread.Join();
        failed?.Throw();
        return result;
    }
}
