using B2D.Core;

namespace B2D.Console;

/// <summary>The buttons of the guided demo.</summary>
public enum DemoButton { CutCabinet, BlockPump, RunFilterOut, Repair }

/// <summary>One line with its time.</summary>
public sealed record DemoLine(ServerTime At, string Text);

/// <summary>What was decided and why.</summary>
public sealed record DemoDecision(ServerTime At, string Text, string Rule, string Reason);

/// <summary>What the story led to: the path of its page (<c>/cases/12</c>), its name and one sentence.</summary>
public sealed record DemoLink(string Path, string Name, string Sentence);

/// <summary>A message on a customer's phone.</summary>
public sealed record DemoMessage(ServerTime At, string To, string Channel, string Text);

/// <summary>One thing that happened in the demo town, told side by side.</summary>
/// <param name="Id">Unique; the story is updated under the same id.</param>
/// <param name="Settled">Nothing more is expected to happen.</param>
public sealed record DemoStory(
    string Id, string Title, ServerTime At, bool Settled, IReadOnlyList<DemoLine> Sent, IReadOnlyList<DemoDecision> Decided,
    IReadOnlyList<DemoLink> Led, IReadOnlyList<DemoMessage> Phone);

/// <summary>The guided demo; absent outside of it.</summary>
public interface IDemo
{
    /// <summary>Makes it happen; the answer is one sentence about what was done.</summary>
    string Press(DemoButton button);

    /// <summary>Latest first.</summary>
    IReadOnlyList<DemoStory> Stories { get; }

    /// <summary>Rises whenever a story changes.</summary>
    long Revision { get; }
}
