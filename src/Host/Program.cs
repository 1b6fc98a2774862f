using System.CommandLine;
using B2D.Host.Verbs;

var root = new RootCommand("""
    B2D turns what devices report into service, before the customer has to call.

    Try it:         b2d demo
    Run it:         b2d run --data data --rules rules
    Register:       b2d customers import customers.csv
                    b2d devices import devices.csv
    Let a fleet in: b2d groups create NAME --model MODEL
    Let people in:  b2d user add NAME --role agent
    And programs:   b2d keys create NAME --scope viewer
    Check rules:    b2d rules check FOLDER    (and test, backtest, explain)
    Bare server:    b2d mqtt --port 1883      (MQTT alone: this machine only, anybody, any topic)
    How fast:       b2d bench --quick
    Keep a copy:    b2d backup FOLDER         (also while it runs; b2d restore FOLDER)
    In a crisis:    b2d stop --reason "…"     (no notice, no remedy, until b2d resume)
    """);
RunVerb.AddTo(root);
DemoVerb.AddTo(root);
BenchVerb.AddTo(root);
ImportVerbs.AddTo(root);
UserVerbs.AddTo(root);
KeysVerb.AddTo(root);
GroupVerbs.AddTo(root);
RulesVerb.AddTo(root);
StopVerbs.AddTo(root);
BackupVerbs.AddTo(root);
MqttVerb.AddTo(root);
var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
// An end that was asked for takes its time: what devices sent is written, and then that the gateway stopped. After a minute it ends as it is.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };
return parsed.Errors.Count == 0 ? await parsed.InvokeAsync(configuration) : Settings.Refuse(parsed);
