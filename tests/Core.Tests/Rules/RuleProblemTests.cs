using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class RuleProblemTests
{
    /// <summary>A good fault around one line under test, which is line 4.</summary>
    private static string Fault(string line) => "- fault: a\n  raise: x > 1\n  case: {}\n" + line + "\n";

    private static void Check(string yaml, int line, int column, string message, string hint)
    {
        var check = RuleFiles.Read(yaml);
        Assert.Null(check.Set);
        var problem = Assert.Single(check.Problems, p => p.Level == ProblemLevel.Error);
        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(hint, problem.Hint, StringComparison.Ordinal);
    }

    // Columns: the line under test, column of the problem, part of its message, part of its hint.
    [Theory]
    [InlineData("  hodl: 2m", 3, "fault has no key 'hodl'", "did you mean hold?")]
    [InlineData("  colour: red", 3, "no key 'colour'", "known are fault, title")]
    [InlineData("  hold: 2 minutes", 9, "'2 minutes' is no duration", "90s, 2m, 1h30m, 7d")]
    [InlineData("  hold: 120", 9, "'120' is no duration", "90s, 2m, 1h30m, 7d")]
    [InlineData("  hold: 400d", 9, "hold is 400d", "0s to 366d")]
    [InlineData("  hold:", 3, "'hold' has no value", "remove the key")]
    [InlineData("  hold: [ 2m ]", 9, "must be a single value", "hold: 2m")]
    [InlineData("  unseen: 0s", 11, "unseen is 0s", "1s to 366d")]
    [InlineData("  hold: 2m\n  hold: 3m", 3, "'hold' is written twice", "in line 4")]
    [InlineData("  severity: hihg", 13, "'hihg' is not known here", "did you mean high?")]
    [InlineData("  severity: { critical: x > 5 }", 13, "one word, or a list of steps", "[ { critical")]
    [InlineData("  severity: [ { high: x > 5 }, { critical: true } ]", 34, "comes after a step", "from critical down to low")]
    [InlineData("  severity: [ { high: true }, { low: x > 1 } ]", 33, "never reached", "must be the last")]
    [InlineData("  severity: [ { high: x > }, { low: true } ]", 26, "ends too early", "a value")]
    [InlineData("  severity: [ high ]", 15, "one severity and its condition", "[ { critical")]
    [InlineData("  severity: [ { hgh: x > 1 } ]", 17, "'hgh' is not known here", "did you mean high?")]
    [InlineData("  class: safe", 10, "'safe' is not known here", "ordinary, safety")]
    [InlineData("  samples: { raise: 3 from 5 }", 21, "no number of samples", "3 of 5")]
    [InlineData("  samples: { raise: 5 of 3 }", 21, "raise is 5 of 3", "1 to 32")]
    [InlineData("  samples: { raise: 0 }", 21, "raise is 0", "1 to 32")]
    [InlineData("  samples: 3 of 5", 12, "must be a map", "{ raise: 3 of 5, clear: 3 }")]
    [InlineData("  max_gap: { then: hold }", 12, "max_gap needs 'after'", "after: 10m")]
    [InlineData("  max_gap: { after: 10m, then: keep }", 32, "'keep' is not known here", "reset, hold, unknown")]
    [InlineData("  max_gap: soon", 12, "'soon' is no duration", "90s")]
    [InlineData("  lateness: 16m", 13, "lateness is 16m", "0s to 15m")]
    [InlineData("  lateness: late", 13, "'late' is no duration", "90s")]
    [InlineData("  class: safety\n  lateness: 2m", 3, "a fault of class safety cannot wait for messages that come late", "remove lateness")]
    [InlineData("  clear: x <", 13, "ends too early", "a value")]
    [InlineData("  clear: >-\n    y == 3 &&\n    z = 4", 7, "'=' means nothing", "==")]
    [InlineData("  clear: |\n    y == 3 &&\n      z = 4", 9, "'=' means nothing", "==")]
    [InlineData("  clear: 'y == ''a'' && z = 4'", 27, "'=' means nothing", "==")]
    [InlineData("  clear: \"y == \\\"a\\\" && z = 4\"", 27, "'=' means nothing", "==")]
    [InlineData("  clear: y == 3 &&\n    z = 4", 7, "'=' means nothing", "==")]
    [InlineData("  clear: !door_open", 10, "leading ! as a tag", "in quotes")]
    [InlineData("  clear: ! door_open", 10, "leading ! as a tag", "in quotes")]
    [InlineData("  clear: &x y > 1", 10, "anchors and aliases", "write the value out")]
    [InlineData("  clear: *x", 10, "anchors and aliases", "write the value out")]
    [InlineData("  clear: rate(x) < 1", 10, "rate takes a metric and a window", "write rate(temp_c")]
    [InlineData("  clear: avg(x, duration(\"40d\")) < 1", 17, "the window is 40d", "1s to 30d")]
    [InlineData("  applies_to: x > 1", 15, "may read only device.*, not the metric x", "under raise")]
    [InlineData("  applies_to: device.modle == \"HP\"", 15, "no 'modle'", "device.model")]
    [InlineData("  params: { 9x: 5 }", 13, "no name of a parameter", "beginning with a letter")]
    [InlineData("  params: [ 5 ]", 11, "must be a map", "{ limit: 95.0 }")]
    [InlineData("  auto_clear: 24h", 3, "'auto_clear' does not go with raise", "write clear")]
    [InlineData("  start_grace: 1m", 3, "'start_grace' does not go with raise", "silent")]
    [InlineData("  codes: [ E1 ]", 3, "'codes' does not go with 'raise'", "two rules")]
    [InlineData("  title: [ a ]", 10, "must be a single value", "title:")]
    [InlineData("  was: Old Name", 8, "'Old Name' is no name", "old-name")]
    [InlineData("  explained_by: fire", 17, "'fire' is not known here", "outage")]
    [InlineData("  explained_by: [ outage, parents ]", 27, "'parents' is not known here", "did you mean parent?")]
    [InlineData("  shadow: yes", 11, "neither true nor false", "true")]
    [InlineData("  latch: yes", 10, "neither true nor false", "true")]
    [InlineData("  chatter: 5", 12, "'chatter' must be a map", "{ raises: 5, within: 1h, quiet: 30m }")]
    [InlineData("  chatter: { within: 1h, quiet: 1h }", 12, "chatter needs 'raises'", "raises: 5")]
    [InlineData("  chatter: { raises: 5, quiet: 1h }", 12, "chatter needs 'within'", "within: 1h")]
    [InlineData("  chatter: { raises: 5, within: 1h }", 12, "chatter needs 'quiet'", "quiet: 30m")]
    [InlineData("  chatter: { raises: 1, within: 1h, quiet: 1h }", 22, "raises is 1", "2 to 20")]
    [InlineData("  chatter: { raises: 21, within: 1h, quiet: 1h }", 22, "raises is 21", "2 to 20")]
    [InlineData("  chatter: { raises: 5, within: 8d, quiet: 1h }", 33, "within is 8d", "1m to 7d")]
    [InlineData("  chatter: { raises: 5, within: 1h, quiet: 30s }", 44, "quiet is 30s", "1m to 7d")]
    [InlineData("  chatter: { raises: 5, within: 1h, quite: 1h, quiet: 1h }", 37, "chatter has no key 'quite'", "did you mean quiet?")]
    [InlineData("  during: always", 11, "hours must be a map", "during: { days: mon-fri")]
    [InlineData("  during: []", 11, "'during' is empty", "{ days: mon-fri")]
    [InlineData("  during:", 3, "'during' has no value", "remove the key")]
    [InlineData("  during: { days: mon-fri }", 11, "during needs 'zone'", "zone: Europe/Lisbon")]
    [InlineData("  during: { zone: Europe/Lisbo }", 19, "'Europe/Lisbo' is no time zone", "did you mean Europe/Lisbon?")]
    [InlineData("  during: { zone: Moon }", 19, "'Moon' is no time zone", "tz database")]
    [InlineData("  during: { zone: Etc/UTC, days: monday }", 34, "'monday' is no day", "did you mean mon?")]
    [InlineData("  during: { zone: Etc/UTC, days: [ mon, tu-fri ] }", 41, "'tu-fri' is no day", "mon-fri")]
    [InlineData("  during: { zone: Etc/UTC, days: mon-wed-fri }", 34, "'mon-wed-fri' is no day", "mon-fri")]
    [InlineData("  during: { zone: Etc/UTC, from: 7:00 }", 34, "'7:00' is no time of the day", "22:00")]
    [InlineData("  during: { zone: Etc/UTC, from: '24:00' }", 34, "from is 24:00", "00:00 to 23:59")]
    [InlineData("  during: { zone: Etc/UTC, to: '24:01' }", 32, "to is 24:01", "00:00 to 24:00")]
    [InlineData("  during: { zone: Etc/UTC, to: '12:60' }", 32, "'12:60' is no time of the day", "two digits")]
    [InlineData("  during: { zone: Etc/UTC, form: '12:00' }", 28, "during has no key 'form'", "did you mean from?")]
    [InlineData("  class: safety\n  during: { zone: Etc/UTC }", 3, "cannot wait for its hours", "never held back")]
    [InlineData("  catalog: { cuase: x }", 14, "catalog has no key 'cuase'", "did you mean cause?")]
    [InlineData("  remedy: { command: restart }", 11, "remedy needs 'within'", "within: 10m")]
    [InlineData("  remedy: { within: 10m }", 11, "remedy needs 'command'", "command: restart")]
    [InlineData("  remedy: { command: re start, within: 10m }", 22, "'re start' is no command", "letters")]
    [InlineData("  remedy: { command: restart, within: 8d }", 39, "within is 8d", "1s to 7d")]
    [InlineData("  remedy: { command: restart, within: 1m, at_most: twice }", 52, "'twice' is no number of tries", "2 per day")]
    [InlineData("  remedy: { command: restart, within: 1m, at_most: 101 per day }", 52, "at_most is 101 per day", "1 to 100")]
    [InlineData("  remedy: { command: restart, within: 1m, verify: x >> 1 }", 54, "'>' is not expected", "a value")]
    [InlineData("  notice: { to: owner }", 11, "notice needs 'template'", "device-fault")]
    [InlineData("  notice: { template: device-fault, to: everybody }", 41, "'everybody' is not known here", "owner")]
    [InlineData("  notice: { template: device-fualt }", 23, "there is no template device-fualt", "did you mean device-fault?")]
    [InlineData("  notice: { template: descaling-due }", 23, "there is no template descaling-due", "for dues filter-due")]
    [InlineData("  notice: { template: device-fault, reminders: 1 }", 37, "'reminders' does not go", "only dues")]
    public void Read_WrongLineInAFault_NamesPlaceMessageAndHint(string line, int column, string message, string hint) =>
        Check(Fault(line), 4 + line.Count(c => c == '\n'), column, message, hint);

    [Theory]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  case: { priority: P5 }", 3, 21, "'P5' is not known here", "P1, P2, P3, P4")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  case: true", 3, 9, "'case' must be a map", "family: pump")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  case: { resolve_after: never }", 3, 26, "'never' is no duration", "90s")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  severity: [ { high: x > 1 } ]", 3, 13, "steps of severity need raise", "one word")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  evidence: [ volt, 'a b' ]", 3, 21, "'a b' is no metric", "without spaces")]
    [InlineData("- fault: a\n  raise: x > 1\n  evidence: [ volt ]", 3, 3, "'evidence' does not go with raise", "its evidence")]
    [InlineData("- fault: a\n  codes: []", 2, 10, "'codes' is empty", "[ E42, E43 ]")]
    [InlineData("- fault: a\n  codes: [ E1, E1 ]", 2, 16, "listed twice", "remove one")]
    [InlineData("- fault: a\n  codes: [ [ E1 ] ]", 2, 12, "list of single values", "[ E42, E43 ]")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  clear: x > 1", 3, 3, "'clear' does not go with codes", "auto_clear")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  samples: { raise: 3 }", 3, 3, "'samples' does not go with codes", "conditions")]
    [InlineData("- fault: a\n  silent: 10m\n  hold: 5m", 3, 3, "'hold' does not go with silent", "silent is the delay")]
    [InlineData("- fault: a\n  silent: 0s", 2, 11, "silent is 0s", "1s to 366d")]
    [InlineData("- fault: a\n  silent: 10m\n  class: safety\n  explained_by: outage\n- outage: o\n  of: a\n  when: { devices: 2, share: 1 %, within: 1m }", 4, 3, "cannot wait", "never held back")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  class: safety\n  notice: { template: device-fault, hold_back: 1m }", 4, 3, "cannot be held back", "remove hold_back")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  class: safety\n  remedy: { command: restart, within: 1m, safe_state: true }", 4, 22, "'restart' would begin again what is dangerous", "close a valve")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  class: safety\n  remedy: { command: reboot_gateway, within: 1m, safe_state: true }", 4, 22, "begin again", "a person is asked at once")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  class: safety\n  remedy: { command: power.cycle, within: 1m, safe_state: true }", 4, 22, "begin again", "close a valve")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  class: safety\n  remedy: { command: preset_closed, within: 1m }", 4, 22, "may only bring a safe state", "add safe_state: true")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  class: safety\n  remedy: { command: reduce_power, within: 1m }", 4, 22, "may only bring a safe state", "add safe_state: true")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  class: safety\n  case: { for: contract }", 4, 3, "danger is everybody's case", "remove for")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  case: { for: contracts }", 3, 16, "'contracts' is not known here", "did you mean contract?")]
    [InlineData("- fault: a\n  case: {}", 1, 10, "nothing raises this fault", "add raise")]
    [InlineData("- fault: Pump_Error\n  codes: [ E1 ]", 1, 10, "'Pump_Error' is no name", "pump-error")]
    [InlineData("- falt: a\n  codes: [ E1 ]", 1, 3, "begins with one of", "did you mean fault?")]
    [InlineData("- title: a", 1, 3, "begins with one of", "write - fault")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  due: b", 3, 3, "either fault or due", "new rule")]
    [InlineData("- E1", 1, 3, "a rule is a map", "- fault: pump-error")]
    [InlineData("fault: a\ncodes: [ E1 ]", 1, 1, "a rule file is a list", "dash")]
    [InlineData("- ? [ a ]\n  : b\n  fault: a\n  codes: [ E1 ]", 1, 5, "a key must be a single word", "key: value")]
    // Rules against each other.
    [InlineData("- fault: a\n  codes: [ E1 ]\n- fault: a\n  codes: [ E2 ]", 3, 10, "the id a is used twice", "rules.yaml:1")]
    [InlineData("- fault: pump-error\n  codes: [ E1 ]\n- outage: o\n  of: [ pump-eror ]\n  when: { devices: 2, share: 1 %, within: 1m }", 4, 9, "there is no rule pump-eror", "did you mean pump-error?")]
    [InlineData("- due: d\n  counter: c\n  every: 5 h\n- defect: o\n  of: [ d ]\n  over: model\n  when: { devices: 2, rate_ratio: 2 }", 5, 9, "d is a rule of kind due", "made of faults")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n- fault: b\n  codes: [ E2 ]\n  was: a", 5, 3, "former id a still exists", "any more")]
    [InlineData("- fault: a\n  codes: [ E1 ]\n  was: c\n- fault: b\n  codes: [ E2 ]\n  was: c", 6, 3, "two rules say that they were c", "one of them")]
    // Dues.
    [InlineData("- due: d\n  every: 5 h", 1, 3, "due needs 'counter'", "litres_total")]
    [InlineData("- due: d\n  counter: c", 1, 3, "due needs 'every'", "1200 litres")]
    [InlineData("- due: d\n  counter: c\n  every: 1,200 litres", 3, 10, "is no quantity", "without separators")]
    [InlineData("- due: d\n  counter: c\n  every: litres", 3, 10, "is no quantity", "1200 litres")]
    [InlineData("- due: d\n  counter: c\n  every: -5 h", 3, 10, "every is -5 h", "over 0")]
    [InlineData("- due: d\n  counter: c d\n  every: 5 h", 2, 12, "is no metric", "litres_total")]
    [InlineData("- due: d\n  counter: c\n  every: 5 h\n  tell_at: 0.9", 4, 12, "'0.9' is no percentage", "40 %")]
    [InlineData("- due: d\n  counter: c\n  every: 5 h\n  tell_at: 120 %", 4, 12, "tell_at is 120 %", "1 % to 100 %")]
    [InlineData("- due: d\n  counter: c\n  every: 5 h\n  done: owner_say", 4, 9, "'owner_say' is not known here", "owner_says")]
    [InlineData("- due: d\n  counter: c\n  every: 5 h\n  done: { or: owner_says }", 4, 9, "done needs 'reset_of'", "filter_litres")]
    [InlineData("- due: d\n  counter: c\n  every: 5 h\n  notice: { template: filter-due, reminders: 2 }", 4, 46, "reminders is 2", "0 to 1")]
    [InlineData("- due: d\n  counter: c\n  every: 5 h\n  applies_to: c > 1", 4, 15, "only device.*", "raise")]
    [InlineData("- due: d\n  counter: c\n  every: 5 h\n  notice: { template: filter }", 4, 23, "there is no template filter", "filter-due")]
    // Outages and defects.
    [InlineData("- fault: a\n  codes: E1\n- outage: o\n  of: a\n  when: { devices: 5, share: 4 %, within: 1m }\n  notice: { template: outage }", 6, 23, "there is no template outage", "outage-opened")]
    [InlineData("- outage: o\n  when: { devices: 2, share: 1 %, within: 1m }", 1, 3, "outage needs 'of'", "router-silent")]
    [InlineData("- fault: a\n  codes: E1\n- outage: o\n  of: a", 3, 3, "outage needs 'when'", "devices: 5")]
    [InlineData("- fault: a\n  codes: E1\n- outage: o\n  of: a\n  when: { devices: 1, share: 1 %, within: 1m }", 5, 20, "devices is 1", "2 to 1,000,000")]
    [InlineData("- fault: a\n  codes: E1\n- outage: o\n  of: a\n  when: { devices: five, share: 1 %, within: 1m }", 5, 20, "'five' is no whole number", "devices: 5")]
    [InlineData("- fault: a\n  codes: E1\n- outage: o\n  of: a\n  when: { devices: 5, share: 40, within: 1m }", 5, 30, "'40' is no percentage", "share: 40 %")]
    [InlineData("- fault: a\n  codes: E1\n- outage: o\n  of: a\n  over: city\n  when: { devices: 5, share: 4 %, within: 1m }", 5, 9, "'city' is not known here", "segment")]
    [InlineData("- fault: a\n  codes: E1\n- outage: o\n  of: a\n  applies_to: device.id == 'a'\n  when: { devices: 5, share: 4 %, within: 1m }", 5, 3, "does not go with outage", "on the faults")]
    [InlineData("- fault: a\n  codes: E1\n- outage: o\n  of: [ a, a ]\n  when: { devices: 5, share: 4 %, within: 1m }", 4, 12, "a is listed twice", "remove one")]
    [InlineData("- fault: a\n  codes: E1\n- defect: o\n  of: a\n  over: color\n  when: { devices: 5, rate_ratio: 2 }", 5, 9, "'color' is not known here", "model, firmware, serial")]
    [InlineData("- fault: a\n  codes: E1\n- defect: o\n  of: a\n  over: model\n  when: { devices: 5, rate_ratio: many }", 6, 35, "'many' is no number", "3.0")]
    [InlineData("- fault: a\n  codes: E1\n- defect: o\n  of: a\n  over: model\n  when: { devices: 5, rate_ratio: 0.5 }", 6, 35, "rate_ratio is 0.5", "1 to 1000")]
    [InlineData("- fault: a\n  codes: E1\n- defect: o\n  of: a\n  over: model\n  when: { devices: 5, rate_ratio: 2, against: other firmware }", 6, 38, "not among what the defect is over", "over is model")]
    [InlineData("- fault: a\n  codes: E1\n- defect: o\n  of: a\n  over: model\n  when: { devices: 5, rate_ratio: 2, confidence: 10 % }", 6, 50, "confidence is 10 %", "50 % to 99.99 %")]
    [InlineData("- fault: a\n  codes: E1\n- defect: o\n  of: a\n  over: model\n  when: { devices: 5, rate_ratio: 2, within: 5m }", 6, 46, "within is 5m", "1h to 366d")]
    [InlineData("- fault: a\n  codes: E1\n- defect: o\n  of: a\n  over: serial\n  batch: 13\n  when: { devices: 5, rate_ratio: 2 }", 6, 10, "batch is 13", "1 to 12")]
    public void Read_WrongRule_NamesPlaceMessageAndHint(string yaml, int line, int column, string message, string hint) => Check(yaml, line, column, message, hint);

    // What is no YAML. Columns: the text, line, column, part of the message, part of the hint.
    [Theory]
    [InlineData("- fault: a\n\tcodes: [ E1 ]", 1, 10, "tab", "spaces")]
    [InlineData("- fault: a\n  raise: x ? y : z", 2, 16, "invalid mapping", "': '")]
    [InlineData("- fault: a\n  raise: \"on\" == x", 2, 15, "expected key", "single quotes as a whole")]
    [InlineData("- fault: a\n  raise: @x", 2, 10, "cannot start any token", "in quotes")]
    [InlineData("- fault: a\n  raise: \"x > 1\n- fault: b\n  codes: E1", 2, 10, "quoted scalar", "close the quote")]
    [InlineData("- fault: a\n  codes: [ E1\n- fault: b\n  codes: E1", 2, 10, "the [ is not closed", "close [ with ]")]
    [InlineData("- fault: a\n  severity: [ { high: x in [\"a\"] } ]\n  codes: E1", 2, 28, "flow mapping", "single quotes")]
    [InlineData("- fault: a\n  codes: E1\n x: 1", 3, 2, "block collection", "one column")]
    [InlineData("- [[[[[[[[[[[[[[[[[[[[", 1, 19, "nested deeper than 16 levels", "")]
    public void Read_NoYaml_NamesPlaceMessageAndHint(string yaml, int line, int column, string message, string hint)
    {
        var problem = RuleFiles.Read(yaml).Problems.First(p => p.Level == ProblemLevel.Error);
        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.Contains("this is not YAML", problem.Message, StringComparison.Ordinal);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(hint, problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoYamlInOneRule_StillChecksTheOthersAndOtherFiles()
    {
        var check = RuleSetReader.Read(
        [
            new RuleFile("a.yaml", "# first\n- fault: a\n  raise: x ? y : z\n- fault: b\n  codes: [ E1 ]\n  hodl: 1m\n- fault: c\n  raise: \"y\n- fault: d\n  codes: [ E2 ]\n"),
            new RuleFile("b.yaml", "- fault: e\n  raise: y >\n"),
        ]);
        Assert.Equal([("a.yaml", 3, 16), ("a.yaml", 6, 3), ("a.yaml", 8, 10), ("b.yaml", 2, 13)],
            check.Problems.Where(p => p.Level == ProblemLevel.Error).Select(p => (p.File, p.Line, p.Column)));
        Assert.Equal(1, check.GoodRules);
    }

    [Fact]
    public void Read_ByteOrderMarkAndCarriageReturns_DoNotShiftPlaces()
    {
        Check("\uFEFF- fault: a\r\n  codes: [ E1 ]\r\n  hodl: 1m\r\n", 3, 3, "hodl", "hold");
        Check("\uFEFF- falt: a\r\n", 1, 3, "begins with", "fault");
        Check("- fault: a\r\n  raise: >-\r\n    x > 1 &&\r\n    y = 2\r\n", 4, 7, "'='", "==");
    }

    [Fact]
    public void Read_TooManyRules_IsReportedOnce()
    {
        string Rules(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"- fault: f{i}\n  codes: [ E{i} ]\n"));
        Assert.Equal(1000, RuleFiles.Good(Rules(1000)).Faults.Length);
        Check(Rules(1002), 2001, 3, "more than 1000 rules", "params");
    }

    [Fact]
    public void Read_TooLargeFile_IsRefusedAndOthersAreRead()
    {
        var rule = "- fault: a\n  codes: [ E1 ]\n";
        var full = rule + "#".PadRight((1024 * 1024) - rule.Length, '.');
        Assert.NotNull(RuleFiles.Read(full).Set);
        var check = RuleSetReader.Read([new RuleFile("big.yaml", full + "."), new RuleFile("good.yaml", rule)]);
        var problem = Assert.Single(check.Problems, p => p.Level == ProblemLevel.Error);
        Assert.Equal(("big.yaml", 1, 1), (problem.File, problem.Line, problem.Column));
        Assert.Contains("1048577 bytes", problem.Message, StringComparison.Ordinal);
        Assert.Equal(1, check.GoodRules);
    }

    [Fact]
    public void Read_TooManyParams_AreReported()
    {
        string Rule(int count) => $"- fault: a\n  raise: x > params.p0\n  params: {{ {string.Join(", ", Enumerable.Range(0, count).Select(i => $"p{i}: {i}"))} }}\n";
        Assert.Equal(64, RuleFiles.Good(Rule(64)).Faults[0].Params.Length);
        Check(Rule(65), 3, 11, "65 parameters, at most 64", "two rules");
    }
}
