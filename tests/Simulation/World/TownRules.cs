namespace B2D.Simulation.World;

/// <summary>Rules of several towns, to be put before or after their own.</summary>
public static class TownRules
{
    /// <summary>An outage of routers, where five of a segment are silent by the rule <c>router-silent</c>.</summary>
    public const string AccessNetwork = """
        - outage: access-network
          title: The internet does not work
          takes_down: [ email, app ]
          still_works: Mobile networks are not affected.
          of: [ router-silent ]
          over: segment
          when: { devices: 5, share: 40 %, within: 10m }
          hold_back: 2m
          monitoring_at: 80 % recovered
          resolved_after: 10m

        """;

    /// <summary>A filter that its owner changes after 100 hours and is told of at 90, and once more.</summary>
    public const string Filter = """
        - due: filter
          title: Change the filter
          counter: hours_total
          every: 100 hours
          tell_at: 90 %
          done: owner_says
          notice: { template: filter-due, to: owner, reminders: 1 }

        """;
}
