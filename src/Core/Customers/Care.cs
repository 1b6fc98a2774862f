namespace B2D.Core.Customers;

/// <summary>What makes a customer depend on their device (a telecare line, a medical device, an infant without heating): such customers come first and are called.</summary>
public static class Care
{
    /// <summary>Most characters of what it is.</summary>
    public const int MaxText = 100;

    /// <summary>Longest time that it is kept without asking again.</summary>
    public const int MaxDays = 732;

    /// <summary>Why it cannot be kept, in a sentence; empty where it can.</summary>
    /// <param name="what">Empty: it is taken away, for which nothing else is needed.</param>
    /// <param name="until">Its last day; null: none was said.</param>
    /// <param name="consent">They agreed that it is kept.</param>
    public static string Refusal(string what, DateOnly? until, bool consent, DateOnly today) =>
        what.Length == 0 ? ""
        : what.Length > MaxText ? $"what it is has at most {MaxText} characters"
        : !consent ? "it is kept only with their consent"
        : until is not { } last ? "it needs a last day"
        : last < today ? "its last day is over"
        : last.DayNumber - today.DayNumber > MaxDays ? "its last day is at most two years away; then they are asked again"
        : "";
}

/// <summary>Where it is kept what makes customers depend on their devices.</summary>
public interface ICareDesk
{
    /// <summary>Notes it as <paramref name="who"/>; an empty <paramref name="what"/> takes it away.</summary>
    /// <param name="until">Its last day, <c>yyyy-MM-dd</c>.</param>
    ActOutcome Set(string customer, string what, string until, bool consent, string who);
}
