using System.Collections.Immutable;
using B2D.Core;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Console.Tests.Town;

/// <summary>The town's rules, as the reader of rule files would make them.</summary>
public static class SeedRules
{
    private const string Pump =
        """
        - fault: pump-blocked
          title: Pump blocked
          applies_to: device.model.startsWith("HP-")
          raise: current_a > params.limit && flow_lpm < 5.0
          clear: current_a < params.limit - 2.0
          params: { limit: 7.0 }
          hold: 2m
          remedy: { command: restart, verify: flow_lpm > 5.0, within: 1m }
          case: { family: pump, queue: heating, priority: P2 }
          notice: { template: device-fault, to: owner }
        """;

    public static void Fill(TownHost host, long now)
    {
        host.Rules.ActivatedAt = new ServerTime(now - 3_600_000);
        host.Rules.Current = RuleSet.Empty with
        {
            Hash = "4f2a9c1177aa00bb",
            Metrics = ["current_a", "flow_lpm", "temp_c", "litres_total"],
            Faults =
            [
                new FaultRule
                {
                    Id = "pump-blocked", Title = "Pump blocked", Version = "a1b2c3d4e5f6", Text = Pump, File = "heating.yaml", Line = 3,
                    Kind = FaultKind.Condition, Hold = TimeSpan.FromMinutes(2),
                    Raise = new Condition("current_a > params.limit && flow_lpm < 5.0", [0, 1], Never), Params = [("limit", MetricValue.Of(7.0))],
                    MetricSlots = [0, 1],
                    Catalog = new Catalog("A stuck rotor after a long stop, or dirt in the filter.", "No heating; the pump’s winding burns out within days.",
                        "Restart, then replace the pump.", "Your heat pump cannot move water.", "Nothing you can do yourself."),
                    Remedy = new RemedyRule("restart", ImmutableSortedDictionary<string, MetricValue>.Empty, null, TimeSpan.FromMinutes(1), 3,
                        TimeSpan.FromDays(1)),
                    Case = new CasePolicy("pump", "heating", 2, TimeSpan.FromDays(1), TimeSpan.FromMinutes(30)),
                    Notice = new NoticePolicy("device-fault", TimeSpan.Zero, 0),
                },
                new FaultRule { Id = "router-silent", Title = "Router silent", Version = "0f0f0f0f0f0f", Text = "- fault: router-silent\n  silent: 10m",
                    File = "access.yaml", Line = 1, Kind = FaultKind.Silence, Silent = TimeSpan.FromMinutes(10), ExplainedByOutage = true },
                new FaultRule { Id = "gas-pressure", Title = "Gas pressure out of range", Version = "5afe5afe5afe",
                    Text = "- fault: gas-pressure\n  class: safety", File = "heating.yaml", Line = 22, Kind = FaultKind.Codes, Codes = ["G1", "G2"],
                    Class = FaultClass.Safety },
            ],
            Dues = [new DueRule { Id = "water-filter", Title = "Water filter", Version = "d00d00d00d00",
                Text = "- due: water-filter\n  counter: litres_total\n  every: 1200 litres", File = "coffee.yaml", Line = 1, CounterSlot = 3, Every = 1200,
                Unit = "litres" }],
            Outages = [new OutageRule { Id = "access-network", Title = "Internet does not work", Version = "0a0a0a0a0a0a",
                Text = "- outage: access-network\n  of: [ router-silent ]", File = "access.yaml", Line = 9, Of = ["router-silent"], Devices = 5, Share = 0.4,
                Within = TimeSpan.FromMinutes(10) }],
        };
    }

    private static Truth Never(in ConditionScope scope) => Truth.Unknown;
}
