using Xunit.Abstractions;
using Xunit.Sdk;

namespace B2D.Simulation;

/// <summary>Says something while tests run, and of tests that pass too: which seeds nobody chose, and what they found.</summary>
public sealed class Announcements(IMessageSink sink)
{
    public void Tell(string line) => sink.OnMessage(new DiagnosticMessage(line));
}
