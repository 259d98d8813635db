using System.Text;
using TaskServices.Inference.Decoding.Syntax;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Rules that many schemas share, written where one of them is used.</summary>
internal sealed class JsonRules
{
    /// <summary>Longer strings are not written; a larger <c>maxLength</c> changes nothing.</summary>
    public const int MaxStringLength = 10_000;

    private readonly OrderedDictionary<string, string> _bodies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ruleOfRegex = new(StringComparer.Ordinal);

    /// <summary>Gets the rule of any value.</summary>
    public string Value
    {
        get
        {
            if (!_bodies.ContainsKey("json-value"))
            {
                _bodies.Add("json-value", $"json-object | json-array | {AnyString} | {Regex("json-number", NumberRegex.AnyNumber)} | \"true\" | \"false\" | \"null\"");
                _bodies.Add("json-object", $$"""
                    "{" (json-member ("," json-member)*)? "}"
                    """);
                _bodies.Add("json-member", $$"""
                    {{AnyString}} ":" json-value
                    """);
                _bodies.Add("json-array", """
                    "[" (json-value ("," json-value)*)? "]"
                    """);
            }

            return "json-value";
        }
    }

    /// <summary>Gets the rule of any string.</summary>
    public string AnyString => String("json-string", new RepeatExpression(new ClassExpression(JsonStringRegex.AnyCharacter), 0, null));

    public string String(SchemaFacts facts)
    {
        if (facts.Pattern is not null || facts.Format is not null)
        {
            return String("json-pattern", StringPattern.Read(facts));
        }

        if (facts.MinimumLength > (facts.MaximumLength ?? int.MaxValue))
        {
            throw facts.Place.Unsatisfiable("minLength is greater than maxLength");
        }

        if (facts.MinimumLength > MaxStringLength)
        {
            throw facts.Place.Unsupported($"a minLength above {MaxStringLength}");
        }

        return facts.MinimumLength == 0 && facts.MaximumLength is null ? AnyString : String("json-text", new RepeatExpression(
            new ClassExpression(JsonStringRegex.AnyCharacter), facts.MinimumLength, facts.MaximumLength is { } maximum ? Math.Min(maximum, MaxStringLength) : null));
    }

    /// <summary>Gets the rule of strings that match a regex as a whole.</summary>
    public string String(string name, Expression regex) => Regex(name, $"\"{JsonStringRegex.Print(regex)}\"");

    public string Number(SchemaFacts facts, bool isWhole)
    {
        var regex = isWhole ? NumberRegex.Integer(facts.Bounds) : NumberRegex.Number(facts.Bounds);
        return Regex(isWhole ? "json-integer" : "json-number", regex ?? throw facts.Place.Unsatisfiable("the bounds leave no number"));
    }

    public StringBuilder AppendTo(StringBuilder text)
    {
        foreach (var (name, body) in _bodies)
        {
            text.Append(name).Append(" ::= ").AppendLine(body);
        }

        return text;
    }

    private string Regex(string name, string regex)
    {
        if (!_ruleOfRegex.TryGetValue(regex, out var rule))
        {
            rule = _bodies.ContainsKey(name) ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}-{_ruleOfRegex.Count}") : name;
            _ruleOfRegex.Add(regex, rule);
            _bodies.Add(rule, $"/{regex}/");
        }

        return rule;
    }
}
