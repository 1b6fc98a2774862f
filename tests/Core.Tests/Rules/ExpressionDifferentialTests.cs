using System.Globalization;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Rules;

/// <summary>Random conditions, written out as text and evaluated by a naive reference over nullable values, must agree with the compiled ones.</summary>
public sealed class ExpressionDifferentialTests
{
    private static readonly double?[] Numbers = [null, 0, 1, -2.5, 7, double.NaN];
    private static readonly bool?[] Bools = [null, true, false];

    private sealed class Writer(Random random)
    {
        private readonly double?[] numbers = [.. Enumerable.Range(0, 4).Select(_ => Numbers[random.Next(Numbers.Length)])];
        private readonly bool?[] bools = [.. Enumerable.Range(0, 3).Select(_ => Bools[random.Next(Bools.Length)])];

        public (string Name, MetricValue Value)[] Metrics =>
        [
            .. numbers.Select((v, i) => ($"n{i}", v is { } number ? MetricValue.Of(number) : MetricValue.Missing)),
            .. bools.Select((v, i) => ($"b{i}", v is { } flag ? MetricValue.Of(flag) : MetricValue.Missing)),
        ];

        public (string Text, bool? Value) Bool(int depth)
        {
            switch (depth == 0 ? random.Next(2) : random.Next(7))
            {
                case 0:
                    var slot = random.Next(bools.Length);
                    return ($"b{slot}", bools[slot]);
                case 1:
                    return random.Next(2) == 0 ? ("true", true) : ("false", false);
                case 2:
                    var (a, x) = Bool(depth - 1);
                    return ($"!({a})", !x);
                case 3 or 4:
                    return Junction(depth);
                case 5:
                    return Comparison(depth);
                default:
                    var (condition, then, otherwise) = (Bool(depth - 1), Bool(depth - 1), Bool(depth - 1));
                    return ($"(({condition.Text}) ? {then.Text} : {otherwise.Text})", condition.Value switch { true => then.Value, false => otherwise.Value, _ => null });
            }
        }

        private (string Text, bool? Value) Junction(int depth)
        {
            var (left, right) = (Bool(depth - 1), Bool(depth - 1));
            // C#'s lifted & and | are the same three-valued logic, written by somebody else.
            return random.Next(2) == 0 ? ($"({left.Text} && {right.Text})", left.Value & right.Value) : ($"({left.Text} || {right.Text})", left.Value | right.Value);
        }

        private (string Text, bool? Value) Comparison(int depth)
        {
            var (left, right) = (Number(depth - 1), Number(depth - 1));
            var sign = random.Next(6);
            bool? value = left.Value is { } a && right.Value is { } b
                ? sign switch { 0 => a == b, 1 => a != b, 2 => a < b, 3 => a <= b, 4 => a > b, _ => a >= b }
                : null;
            return ($"({left.Text} {(string[])["==", "!=", "<", "<=", ">", ">="] switch { var s => s[sign] }} {right.Text})", value);
        }

        private (string Text, double? Value) Number(int depth)
        {
            if (depth <= 0 || random.Next(3) == 0)
            {
                if (random.Next(2) == 0)
                {
                    var literal = random.Next(-3, 8);
                    return (literal.ToString(CultureInfo.InvariantCulture), literal);
                }
                var slot = random.Next(numbers.Length);
                return ($"n{slot}", numbers[slot]);
            }
            var (left, right) = (Number(depth - 1), Number(depth - 1));
            return random.Next(5) switch
            {
                0 => ($"({left.Text} + {right.Text})", left.Value + right.Value),
                1 => ($"({left.Text} - {right.Text})", left.Value - right.Value),
                2 => ($"({left.Text} * {right.Text})", left.Value * right.Value),
                3 => ($"({left.Text} / {right.Text})", right.Value == 0 ? null : left.Value / right.Value),
                _ => ($"({left.Text} % {right.Text})", right.Value == 0 ? null : left.Value % right.Value),
            };
        }
    }

    [Fact]
    public void Evaluate_RandomConditions_AgreesWithTheReference()
    {
        var seen = new int[3];
        for (var seed = 0; seed < 5000; seed++)
        {
            var writer = new Writer(new Random(seed));
            var (text, value) = writer.Bool(4);
            var reading = Conditions.Read(text);
            if (reading.Problems.Any(p => p.Message.Contains("more than", StringComparison.Ordinal) || p.Message.Contains("characters", StringComparison.Ordinal)))
                continue;
            var expected = value switch { true => Truth.True, false => Truth.False, _ => Truth.Unknown };
            Assert.True(Conditions.Evaluate(text, writer.Metrics) == expected, $"seed {seed}: {text} should be {expected} over {string.Join(' ', writer.Metrics)}");
            seen[(int)expected]++;
        }
        Assert.All(seen, count => Assert.True(count > 500, string.Join(' ', seen)));
    }

    [Fact]
    public void Read_AnyText_GivesAConditionOrAProblemInsideIt()
    {
        string[] words = ["a", "5", "'x'", "(", ")", "[", "]", "&&", "||", "!", "-", "==", "<", "in", ",", ".", "?", ":", "size", "matches", "device", "params", ".model", "avg", "metric", "duration", "\"5m\"", "true", "%", "\\", "\"", "=", "ö"];
        for (var seed = 0; seed < 20000; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => words[random.Next(words.Length)] + (random.Next(2) == 0 ? " " : "")));
            var reading = Conditions.Read(text);
            Assert.True(reading.Condition is not null || reading.Problems.Any(p => p.Level == ProblemLevel.Error), $"seed {seed}: {text}");
            Assert.All(reading.Problems, p => Assert.True(p.Offset >= 0 && p.Offset <= text.Length && p.Message.Length > 0 && p.Hint.Length > 0, $"seed {seed}: {text}: {p}"));
        }
    }
}
