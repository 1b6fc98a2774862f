using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Rules;
using B2D.Storage.Cases;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Remedies;
using Xunit;

namespace B2D.Acceptance;

/// <summary>Single devices: mended by themselves where possible, one case where not, and owners who hear what is true, once.</summary>
public sealed class FaultScenes
{
    private const string People = "ana,Ana Lopes,ana@example.org,+351910000001,en,Europe/Lisbon,email,,Porto\n";
    private const string Devices = "HP-1,HP-2,,ana,\nCM-1,CM-Office,,ana,\nRT-1,RT-AX3,,ana,\n";

    private const string Rules = """
        - fault: pump-blocked
          title: Pump blocked
          codes: [ E42, E43 ]
          severity: high
          catalog: { response: Send a technician }
          case: { family: pump, queue: heating, priority: P2, reopen_within: 24h, resolve_after: 30m }
          notice: { template: device-fault, to: owner, hold_back: 10m }
        - fault: pump-dry
          title: Pump runs dry
          codes: [ E44 ]
          case: { family: pump, resolve_after: 30m }
        - fault: controller-hung
          title: Controller hangs
          codes: [ E17 ]
          remedy: { command: restart, within: 5m, at_most: 20 per day }
          case: { family: controller }
        - fault: plug-hot
          title: Plug runs hot
          raise: plug_c > 80.0
          class: safety
          case: { family: plug, priority: P1 }
          notice: { template: device-fault, to: owner }
        - due: water-filter
          title: Change the water filter
          counter: litres_total
          every: 1200 litres
          tell_at: 90 %
          done: { reset_of: filter_litres, or: owner_says }
          notice: { template: filter-due, to: owner, reminders: 1 }
        """;

    [Fact]
    public void FaultCode_OpensOneCase_AndTellsTheOwnerOnceAfterTheHoldBack()
    {
        using var scene = New();
        scene.Code("HP-1", "E42", "set");
        var opened = Assert.Single(scene.Cases);
        Assert.Equal("New", opened.State);
        Assert.Equal("heating", opened.Queue);
        scene.Wait(TimeSpan.FromMinutes(9));
        Assert.Empty(scene.Told);
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal(["ana device-fault"], scene.Told);
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(["ana device-fault"], scene.Told);
    }

    [Fact]
    public void ClearedWithinTheHoldBack_OwnerNeverHears()
    {
        using var scene = New();
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromHours(2));
        Assert.Empty(scene.Told);
        Assert.Equal("Resolved", Assert.Single(scene.Cases).State);
    }

    [Fact]
    public void ToldAndCleared_AllClearGoesOnce_AfterTheQuietTime()
    {
        using var scene = New();
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(12));
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(29));
        Assert.Equal(["ana device-fault"], scene.Told);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(["ana device-fault", "ana all-clear"], scene.Told);
        Assert.Equal("Resolved", Assert.Single(scene.Cases).State);
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal(2, scene.Told.Count);
    }

    [Fact]
    public void SecondFaultOfTheFamily_JoinsTheCase()
    {
        using var scene = New();
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Code("HP-1", "E44", "set");
        var joined = Assert.Single(scene.Cases);
        Assert.Equal(1, joined.Recurrences);
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(40));
        Assert.Equal("New", Assert.Single(scene.Cases).State);
    }

    [Fact]
    public void ComesBackWithinADay_ReopensTheSameCase_LaterOpensALinkedOne()
    {
        using var scene = New();
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(40));
        Assert.Equal("Resolved", Assert.Single(scene.Cases).State);
        scene.Code("HP-1", "E42", "set");
        var again = Assert.Single(scene.Cases);
        Assert.Equal(("New", 1), (again.State, again.Reopened));
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromHours(26));
        scene.Code("HP-1", "E42", "set");
        Assert.Equal(2, scene.Cases.Count);
        Assert.Equal(again.Id, scene.Cases[0].LinkedCase);
    }

    [Fact]
    public void DangerOfAMinute_IsLookedAtByAPerson_WhoCallsAllTheSame()
    {
        using var scene = New();
        scene.Telemetry("CM-1", """{"plug_c":90}""");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Telemetry("CM-1", """{"plug_c":20}""");
        scene.Wait(TimeSpan.FromDays(1));
        Assert.Equal("New", Assert.Single(scene.Cases).State);
        Assert.True(scene.Cases[0].AskedAt > 0);
        var subject = $"case:{scene.Cases[0].Id}";
        Assert.Contains(scene.World.Stores.State.Read(db => TimelineStore.List(db, subject)), l => l.Text.StartsWith("The signal is normal again; somebody has to see", StringComparison.Ordinal));
        var call = Assert.Single(scene.World.Stores.State.Read(db => PhoneTaskStore.Open(db)));
        Assert.Contains("ask whether all is well", call.Reason, StringComparison.Ordinal);
        Assert.True(call.Late);
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(scene.Cases[0].Id, (int)scene.Cases[0].Version, new CaseAct.Resolve(), "rui"));
    }

    [Fact]
    public void RemedyHelps_NoCase_AndTheThirdTimeInTwoWeeksIsAChronicCase()
    {
        using var scene = New();
        for (var time = 1; time <= 3; time++)
        {
            scene.Code("RT-1", "E17", "set");
            scene.Wait(TimeSpan.FromSeconds(30));
            scene.Code("RT-1", "E17", "clear");
            Assert.Equal(time, scene.Commands.Count);
            Assert.Equal(time == 3 ? 1 : 0, scene.Cases.Count);
            scene.Wait(TimeSpan.FromDays(1));
        }
        Assert.Equal("RT-1 restart", scene.Commands[0]);
        Assert.Contains("healed", Assert.Single(scene.Cases).Summary, StringComparison.Ordinal);
        // That it is well for now is what it is about: a person ends it.
        Assert.Equal("New", scene.Cases[0].State);
        Assert.True(scene.Cases[0].AskedAt > 0);
    }

    [Fact]
    public void RemedyDoesNotHelp_CaseSaysWhatWasTried()
    {
        using var scene = New();
        scene.Code("RT-1", "E17", "set");
        scene.Wait(TimeSpan.FromMinutes(4));
        Assert.Empty(scene.Cases);
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Contains("restart", Assert.Single(scene.Cases).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void DeviceRefusesTheRemedy_CaseOpensAtOnce()
    {
        using var scene = New();
        scene.Answer = (_, _) => "failed";
        scene.Code("RT-1", "E17", "set");
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Single(scene.Cases);
    }

    [Fact]
    public void MoreSeriousFaultJoinsTheCase_TheCaseIsAsUrgentAsIt()
    {
        using var scene = New(Rules + "\n- fault: pump-leaks\n  title: Pump leaks at the heater\n  codes: [ E49 ]\n  severity: critical\n  class: safety\n  case: { family: pump, priority: P1 }\n");
        scene.Code("HP-1", "E42", "set");
        Assert.Equal((2, FaultClass.Ordinary), (Assert.Single(scene.Cases).Priority, scene.Cases[0].Class));
        scene.Code("HP-1", "E49", "set");
        Assert.Equal((1, FaultClass.Safety, Severity.Critical), (Assert.Single(scene.Cases).Priority, scene.Cases[0].Class, scene.Cases[0].Severity));
        // And less urgent ones take nothing back.
        scene.Code("HP-1", "E44", "set");
        Assert.Equal((1, FaultClass.Safety, Severity.Critical), (Assert.Single(scene.Cases).Priority, scene.Cases[0].Class, scene.Cases[0].Severity));
    }

    [Fact]
    public void SafetyFault_TellsAtOnce()
    {
        using var scene = New();
        scene.Telemetry("HP-1", """{"plug_c": 92.0}""");
        scene.Wait(TimeSpan.FromSeconds(2));
        Assert.Equal(1, Assert.Single(scene.Cases).Priority);
        Assert.Equal(["ana device-fault"], scene.Told);
        Assert.Contains("Call first", scene.Phones.Received[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Filter_AtNinetyPerCent_OneReminder_DoneByReset_NoCase()
    {
        using var scene = New();
        scene.Telemetry("CM-1", """{"litres_total": 5000.0, "filter_litres": 1000.0}""");
        scene.Telemetry("CM-1", """{"litres_total": 5081.0, "filter_litres": 1081.0}""");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Telemetry("CM-1", """{"litres_total": 5090.0, "filter_litres": 1090.0}""");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana due"], scene.Told);
        scene.Telemetry("CM-1", """{"litres_total": 5091.0, "filter_litres": 1.0}""");
        scene.Wait(TimeSpan.FromDays(1));
        Assert.Equal(["ana due"], scene.Told);
        Assert.Empty(scene.Cases);
        Assert.Equal("Done", scene.World.Stores.State.Read(db => Storage.Dues.DueStore.FindLatest(db, "CM-1", "water-filter"))!.State);
    }

    [Fact]
    public void StopSwitch_NothingLeaves_AndWhatIsStillTrueGoesOutAfter()
    {
        using var scene = New();
        var now = Core.ServerTime.From(scene.Clock.Now);
        scene.World.Worker.Stop.Set(true, "ops", "looking into it", now);
        scene.Code("HP-1", "E42", "set");
        scene.Code("RT-1", "E17", "set");
        scene.Wait(TimeSpan.FromMinutes(20));
        Assert.Empty(scene.Told);
        Assert.Empty(scene.Commands);
        Assert.Equal(2, scene.Cases.Count);
        scene.World.Worker.Stop.Set(false, "ops", "", now);
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana device-fault"], scene.Told);
    }

    [Fact]
    public void StopSwitch_CommandThatWaitsForItsDevice_NeverReachesIt()
    {
        using var scene = New();
        scene.Connect("RT-1");
        scene.Drop("RT-1");
        var now = Core.ServerTime.From(scene.Clock.Now);
        scene.World.Worker.Commands.Send("RT-1", "reboot", "{}", "rita", now);
        scene.Wait(TimeSpan.FromSeconds(2));
        scene.World.Worker.Stop.Set(true, "ops", "looking into it", now);
        scene.World.Worker.Stop.Set(false, "ops", "", now);
        scene.Connect("RT-1");
        scene.Wait(TimeSpan.FromSeconds(2));
        Assert.Empty(scene.Commands);
        Assert.Equal("Stopped", scene.World.Stores.State.Read(db => Assert.Single(CommandStore.List(db, new CommandFilter()))).State);
    }

    [Fact]
    public void CommandOfAnotherDevice_AnsweredByOneThatGuessedIt_StaysAsItIs()
    {
        using var scene = New();
        scene.Answer = (_, _) => null;
        scene.Connect("RT-1");
        var id = scene.World.Worker.Commands.Send("RT-1", "reboot", "{}", "rita", Core.ServerTime.From(scene.Clock.Now));
        scene.Wait(TimeSpan.FromSeconds(1));
        scene.Reply("HP-1", id, "failed");
        scene.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal("Delivered", scene.World.Stores.State.Read(db => CommandStore.Find(db, id))!.State);
        scene.Reply("RT-1", id, "ok");
        scene.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal("Answered", scene.World.Stores.State.Read(db => CommandStore.Find(db, id))!.State);
    }

    [Fact]
    public void RulesChange_KeepTheOpenFault_AndRemovedOnesEnd()
    {
        using var scene = New();
        scene.Code("HP-1", "E42", "set");
        Assert.True(scene.World.Offer(Rules.Replace("resolve_after: 30m", "resolve_after: 45m", StringComparison.Ordinal)));
        scene.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Assert.Single(scene.Faults).ClearedAt);
        Assert.True(scene.World.Offer("- fault: other\n  codes: [ X1 ]\n  case: { family: x }\n"));
        scene.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal("RuleRemoved", Assert.Single(scene.Faults).ClearReason);
    }

    [Fact]
    public void RuleRenamed_WhatIsOpenGoesOnUnderTheNewId()
    {
        using var scene = New();
        scene.Code("HP-1", "E42", "set");
        scene.Telemetry("CM-1", """{"litres_total": 5000.0, "filter_litres": 1000.0}""");
        scene.Telemetry("CM-1", """{"litres_total": 5081.0, "filter_litres": 1081.0}""");
        scene.Wait(TimeSpan.FromMinutes(11));
        Assert.Equal(["ana device-fault", "ana due"], scene.Told.Order(StringComparer.Ordinal));
        Assert.True(scene.World.Offer(Rules
            .Replace("- fault: pump-blocked\n", "- fault: pump-stuck\n  was: pump-blocked\n", StringComparison.Ordinal)
            .Replace("- due: water-filter\n", "- due: filter\n  was: water-filter\n", StringComparison.Ordinal)));
        scene.Wait(TimeSpan.FromSeconds(1));
        scene.Code("HP-1", "E42", "clear");
        scene.Telemetry("CM-1", """{"litres_total": 5091.0, "filter_litres": 1.0}""");
        scene.Wait(TimeSpan.FromHours(1));
        var fault = Assert.Single(scene.Faults);
        Assert.Equal(("pump-stuck", "CodeCleared"), (fault.Rule, fault.ClearReason));
        Assert.Equal("Resolved", Assert.Single(scene.Cases).State);
        Assert.Equal(["ana all-clear", "ana device-fault", "ana due"], scene.Told.Order(StringComparer.Ordinal));
        Assert.Equal("Done", scene.World.Stores.State.Read(db => Storage.Dues.DueStore.FindLatest(db, "CM-1", "filter"))!.State);
    }

    [Fact]
    public void TwoDevicesOfOneCommit_AreToldInOrderOfTime()
    {
        using var scene = new Scene("- fault: hot\n  raise: temp_c > 90\n  hold: 10s\n  case: {}\n", People, "hp-1,HP-2,,ana,\nhp-2,HP-2,,ana,\n");
        scene.Telemetry("hp-1", """{"temp_c":99}""");
        scene.Telemetry("hp-2", """{"temp_c":99}""");
        // Both are raised after ten seconds, one is over after eleven: all of it evaluated at once.
        scene.World.KillWorker();
        scene.Wait(TimeSpan.FromSeconds(11));
        scene.Telemetry("hp-1", """{"temp_c":20}""");
        scene.Wait(TimeSpan.FromSeconds(1));
        scene.World.StartWorker();
        scene.World.Pump();

        var told = scene.World.Stores.State.Read(db => TransitionStore.ReadAfter(db, 0, 100)).Where(t => t.Kind is "Raised" or "Cleared").ToList();
        Assert.Equal(["Raised", "Raised", "Cleared"], told.Select(t => t.Kind));
        Assert.Equal(told.Select(t => t.At).Order(), told.Select(t => t.At));
    }

    [Fact]
    public void Backfill_IsJudgedByWhenThingsHappened()
    {
        using var scene = new Scene("- fault: hot\n  title: Hot\n  raise: temp_c > 90.0\n  clear: temp_c < 80.0\n  hold: 5m\n  max_gap: { after: 10m, then: reset }\n  case: { family: hot }\n", People, Devices);
        var start = scene.Clock.Now.AddHours(-2).ToUnixTimeMilliseconds();
        // Four minutes above, then below: no fault. Seven minutes above: one, that ended in the past.
        var samples = Enumerable.Range(0, 5).Select(i => (i, 95.0)).Append((5, 70.0)).Concat(Enumerable.Range(6, 8).Select(i => (i, 95.0))).Append((14, 70.0));
        var json = "[" + string.Join(",", samples.Select(s => FormattableString.Invariant($$"""{"ts":{{start + (s.Item1 * 60_000)}},"temp_c":{{s.Item2}}}"""))) + "]";
        scene.Telemetry("HP-1", json);
        scene.Telemetry("HP-1", json);
        scene.Wait(TimeSpan.FromMinutes(1));
        var fault = Assert.Single(scene.Faults);
        Assert.Equal(start + (6 * 60_000), fault.OnsetAt);
        Assert.True(fault.Late && fault.ClearedAt > 0);
        Assert.Equal(15, scene.World.Stores.Telemetry.Series(Core.Devices.DeviceId.Parse("HP-1"), "temp_c", default, new Core.DeviceTime(long.MaxValue / 2), 1000).Count);
    }

    private static Scene New(string rules = Rules) => new(rules, People, Devices);
}
