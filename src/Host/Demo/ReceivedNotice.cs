namespace B2D.Host.Demo;

/// <summary>A message as a customer's phone got it.</summary>
/// <param name="Id">The notice's id, the same on every repeat.</param>
/// <param name="About">The ledger's subject: <c>outage:3</c>.</param>
/// <param name="AtMs">When it came, epoch ms.</param>
public sealed record ReceivedNotice(string Id, string Customer, string Channel, string To, string About, string Status, string Title, string Text, long AtMs);
