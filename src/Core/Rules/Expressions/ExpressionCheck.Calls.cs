using B2D.Core.Telemetry;
using static B2D.Core.Rules.Expressions.CheckWords;

namespace B2D.Core.Rules.Expressions;

/// <summary>The check of functions and methods.</summary>
internal sealed partial class ExpressionCheck
{
    private void VisitCall(ExpressionNode.Call call)
    {
        call.Type = TypeVariable.Failed();
        if (call.Receiver is { } receiver && !IsSized(call, receiver))
            Visit(receiver);
        foreach (var argument in call.Arguments)
        {
            if (!IsSized(call, argument))
                Visit(argument);
        }
        if (Functions.TakesDuration(call.Name))
            VisitOverTime(call);
        else if (call.Name == Functions.Age)
            VisitAge(call);
        else if (call.Name == Functions.FleetMedian)
            VisitFleetMedian(call);
        else if (Functions.TextTests.Contains(call.Name))
            VisitTextTest(call);
        else if (Functions.DurationParts.ContainsKey(call.Name))
            VisitDurationPart(call);
        else if (call.Name == Functions.Size)
            VisitSize(call);
        else
            Report(call.NameOffset, $"there is no function {call.Name}", UnknownFunctionHint(call.Name));
    }

    private void VisitTextTest(ExpressionNode.Call call)
    {
        // CEL has matches as a function too, the others only as methods.
        if (call.Receiver is null && (call.Name != "matches" || call.Arguments.Count == 0))
        {
            Report(call.NameOffset, $"there is no function {call.Name}", $"it is a method: text.{call.Name}(\"…\")");
            return;
        }
        var text = call.Receiver ?? call.Arguments[0];
        ExpressionNode[] arguments = [.. call.Arguments.Skip(call.Receiver is null ? 1 : 0)];
        call.Type = TypeVariable.Of(ExpressionType.Bool);
        Expect(text, ExpressionType.Text, $".{call.Name}", call);
        if (arguments is not [var argument])
        {
            Report(call.NameOffset, $"{call.Name} takes one text, not {arguments.Length}", $"write text.{call.Name}(\"…\")");
            return;
        }
        Expect(argument, ExpressionType.Text, call.Name, call);
        if (call.Name != "matches")
            return;
        if (argument is not ExpressionNode.Literal { Value.Kind: ValueKind.Text } pattern)
            Report(argument.Offset, "the pattern of matches must be a literal text", "write it out: text.matches(r\"^E[0-9]+$\")");
        else if (PatternError(pattern.Value.Text) is { } error)
            Report(pattern.Offset, $"the pattern cannot be used: {error}", "plain regular expressions only, without look-around and back-references; write backslashes as r\"\\d+\"");
    }

    /// <summary>A function over a window: one metric and a duration that is written out.</summary>
    private void VisitOverTime(ExpressionNode.Call call)
    {
        var example = $"write {call.Name}(temp_c, duration(\"5m\"))";
        call.Type = call.Name switch { Functions.Last => TypeVariable.Failed(), Functions.Changed => TypeVariable.Of(ExpressionType.Bool), _ => TypeVariable.Of(ExpressionType.Number) };
        if (call.Receiver is not null || call.Arguments.Count != 2)
        {
            Report(call.NameOffset, $"{call.Name} takes a metric and a window", example);
            return;
        }
        if (!IsSubject(call, call.Arguments[0], call.Name == Functions.Count, example))
            return;
        if (call.Name == Functions.Last)
            call.Type = call.Arguments[0].Type;
        else if (Functions.OverWindow.ContainsKey(call.Name) && call.Arguments[0] is ExpressionNode.Read { Source: ReadSource.Metric } metric)
            Expect(metric, ExpressionType.Number, call.Name, call);
        if (call.Arguments[1] is not ExpressionNode.Span window)
            Report(call.Arguments[1].Offset, $"the window of {call.Name} must be a duration that is written out", example);
        else if (window.Value < WindowShape.Shortest || window.Value > WindowShape.Longest)
            Report(window.Offset, $"the window is {DurationText.Format(window.Value)}",
                $"it may be {DurationText.Format(WindowShape.Shortest)} to {DurationText.Format(WindowShape.Longest)}");
    }

    private void VisitAge(ExpressionNode.Call call)
    {
        call.Type = TypeVariable.Of(ExpressionType.Duration);
        const string Example = "write age(temp_c) > duration(\"5m\")";
        if (call.Receiver is not null || call.Arguments.Count != 1)
            Report(call.NameOffset, "age takes a metric", Example);
        else if (IsSubject(call, call.Arguments[0], false, Example) && call.Arguments[0] is ExpressionNode.Read metric)
            ages.Add(metric);
    }

    private void VisitFleetMedian(ExpressionNode.Call call)
    {
        call.Type = TypeVariable.Of(ExpressionType.Number);
        const string Example = "write temp_c > fleet_median(temp_c) + 8.0";
        if (call.Receiver is not null || call.Arguments.Count != 1)
            Report(call.NameOffset, $"{call.Name} takes a metric", Example);
        else if (call.Arguments[0] is ExpressionNode.Read { Source: ReadSource.Code })
            Report(call.Arguments[0].Offset, $"{call.Name} looks at one metric, and this is a code", Example);
        else if (IsSubject(call, call.Arguments[0], false, Example))
            Expect(call.Arguments[0], ExpressionType.Number, call.Name, call);
    }

    /// <summary>Whether a function over time can look at a term; reported where it cannot.</summary>
    private bool IsSubject(ExpressionNode.Call call, ExpressionNode term, bool countsCodes, string example)
    {
        if (term is ExpressionNode.Read { Source: ReadSource.Metric } || (countsCodes && term is ExpressionNode.Read { Source: ReadSource.Code }))
            return !term.Type.IsFailed;
        if (term is ExpressionNode.Read { Source: ReadSource.Code } code)
            Report(term.Offset, $"{call.Name} looks at one metric, and this is a code", $"of a code only {Functions.Count}(code(\"{code.Name}\"), duration(\"1h\")) is known: how often it was set");
        else if (!term.Type.IsFailed)
            Report(term.Offset, $"{call.Name} looks at one metric, and this is none", $"{example}; calculate with what it gives");
        return false;
    }

    private void VisitDurationPart(ExpressionNode.Call call)
    {
        call.Type = TypeVariable.Of(ExpressionType.Number);
        if (call.Receiver is { } receiver && call.Arguments.Count == 0)
            Expect(receiver, ExpressionType.Duration, $".{call.Name}", call);
        else
            Report(call.NameOffset, $"{call.Name} is a method of durations without arguments", $"write age(temp_c).{call.Name}()");
    }

    private void VisitSize(ExpressionNode.Call call)
    {
        call.Type = TypeVariable.Of(ExpressionType.Number);
        var terms = call.Receiver is null ? call.Arguments : [call.Receiver, .. call.Arguments];
        if (terms.Count != 1)
            Report(call.NameOffset, "size takes one text", "write text.size()");
        else if (terms[0] is ExpressionNode.List list)
            VisitAlike(list.Items, "list");
        else if (terms[0] is ExpressionNode.Map map)
            VisitMap(map);
        else
            Expect(terms[0], ExpressionType.Text, "size", call);
    }

    /// <summary>A list or map of which only the size is asked stands where it may.</summary>
    private static bool IsSized(ExpressionNode.Call call, ExpressionNode term) => call.Name == Functions.Size && term is ExpressionNode.List or ExpressionNode.Map;
}
