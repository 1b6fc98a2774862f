using B2D.Core.Notices;
using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class DisruptionTests
{
    [Fact]
    public void Read_FaultAndOutage_WhatDoesNotWorkAndWhatDoes()
    {
        var set = RuleSetReader.Read([new RuleFile("a.yaml", """
            - fault: router-silent
              silent: 10m
              takes_down: email
              explained_by: outage
            - outage: access-network
              of: [ router-silent ]
              when: { devices: 5, share: 40 %, within: 10m }
              takes_down: [ email, app, phone ]
              still_works: Mobile networks are not affected.
              warning: Use a mobile phone.
              words: { pt: { still_works: A rede móvel não é afetada., warning: Use um telemóvel. } }
            """)]).Set!;
        Assert.Equal(ChannelSet.Of(Channel.Email), set.Faults.Single().Disruption.TakesDown);
        var outage = set.Outages.Single();
        Assert.Equal(new Disruption(ChannelSet.Of(Channel.Email, Channel.Webhook, Channel.Phone), "Mobile networks are not affected.", "Use a mobile phone."), outage.Disruption);
        Assert.Equal(("A rede móvel não é afetada.", "Use um telemóvel."), (outage.Words["pt"].StillWorks, outage.Words["pt"].Warning));
    }

    [Fact]
    public void Read_ChannelThatIsNone_IsRefusedWithAHint()
    {
        var problem = Assert.Single(RuleSetReader.Read([new RuleFile("a.yaml", "- fault: a\n  codes: E\n  case: {}\n  takes_down: [ emial ]\n")]).Problems);
        Assert.Equal(ProblemLevel.Error, problem.Level);
        Assert.Contains("emial", problem.Message, StringComparison.Ordinal);
        Assert.Contains("email", problem.Hint, StringComparison.Ordinal);
    }
}
