using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Expressions;

/// <summary>A compiled number; false where it is unknown.</summary>
internal delegate bool NumberTerm(in ConditionScope scope, out double value);

/// <summary>A compiled text; null where it is unknown.</summary>
internal delegate string? TextTerm(in ConditionScope scope);

/// <summary>A compiled value whose type only the readings can tell; <see cref="MetricValue.Missing"/> where it is unknown.</summary>
internal delegate MetricValue ValueTerm(in ConditionScope scope);

/// <summary>A place in a list or map; -1 where it is unknown, or there is none such.</summary>
internal delegate int PlaceTerm(in ConditionScope scope);
