using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Writes one rule for each set of schemas that hold at once; recursion through <c>$ref</c> becomes recursion of rules.</summary>
internal sealed class SchemaWriter
{
    private const int MaxGrammarLength = 4_000_000;
    private static readonly HashSet<string> None = [];

    private readonly SchemaPlace _root;
    private readonly SchemaReader _reader;
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, string> _ruleOfSchemas = new(StringComparer.Ordinal);
    private readonly Queue<(string Rule, IReadOnlyList<SchemaPlace> Schemas, IReadOnlySet<string> Chosen)> _open = new();
    private readonly JsonRules _rules = new();

    public SchemaWriter(JsonElement root) => (_root, _reader) = (new SchemaPlace(root, "#"), new SchemaReader(new SchemaReferences(root)));

    public string Write()
    {
        _text.Append("root ::= ").AppendLine(RuleOf([_root], None));
        while (_open.TryDequeue(out var next))
        {
            _text.Append(next.Rule).Append(" ::= ").AppendLine(Describe(next.Schemas, next.Chosen));
            if (_text.Length > MaxGrammarLength || _ruleOfSchemas.Count > Grammar.MaxRuleCount - 16)
            {
                throw _root.Unsupported($"a schema whose grammar has more than {Grammar.MaxRuleCount} rules or {MaxGrammarLength} characters");
            }
        }

        return _rules.AppendTo(_text).ToString();
    }

    /// <summary>Gets the rule of schemas that hold at once.</summary>
    public string RuleOf(IReadOnlyList<SchemaPlace> schemas) => RuleOf(schemas, None);

    /// <summary>Gets whether no value is valid, as far as this can be seen without looking into members, items and alternatives.</summary>
    public bool IsEmpty(IReadOnlyList<SchemaPlace> schemas) => IsEmpty(schemas, None);

    private bool IsEmpty(IReadOnlyList<SchemaPlace> schemas, IReadOnlySet<string> chosen)
    {
        var facts = _reader.Read(schemas, chosen);
        return facts.Types == JsonTypes.None || (facts.Values is not null && LiteralValues.Of(facts).Count == 0);
    }

    private string RuleOf(IReadOnlyList<SchemaPlace> schemas, IReadOnlySet<string> chosen)
    {
        var key = string.Join(' ', schemas.Select(schema => schema.Pointer).Distinct().Concat(chosen.Order(StringComparer.Ordinal)));
        if (!_ruleOfSchemas.TryGetValue(key, out var rule))
        {
            rule = string.Create(CultureInfo.InvariantCulture, $"s{_ruleOfSchemas.Count}{NameOf(schemas[^1].Pointer)}");
            _ruleOfSchemas.Add(key, rule);
            _open.Enqueue((rule, schemas, chosen));
        }

        return rule;
    }

    private string Describe(IReadOnlyList<SchemaPlace> schemas, IReadOnlySet<string> chosen)
    {
        var facts = _reader.Read(schemas, chosen);
        if (facts.Types == JsonTypes.None)
        {
            throw facts.Place.Unsatisfiable("no type is left");
        }

        if (facts.Alternatives.Count > 0)
        {
            return Choose(facts, schemas, chosen);
        }

        if (facts.Values is not null)
        {
            var values = LiteralValues.Of(facts);
            return values.Count > 0
                ? $"one_of({string.Join(", ", values.Select(Grammar.Quote))})"
                : throw facts.Place.Unsatisfiable("enum and const leave no value that the other keywords allow");
        }

        var types = facts.HasType || facts.Described == JsonTypes.None ? facts.Types : facts.Types & facts.Described;
        return types == JsonTypes.All && facts.Described == JsonTypes.None ? _rules.Value : string.Join(" | ", Types(facts, types));
    }

    private string Choose(SchemaFacts facts, IReadOnlyList<SchemaPlace> schemas, IReadOnlySet<string> chosen)
    {
        var keyword = facts.Alternatives[0];
        var taken = new HashSet<string>(chosen, StringComparer.Ordinal) { keyword.Pointer };
        var branches = keyword.Items().Select(branch => (IReadOnlyList<SchemaPlace>)[.. schemas, branch])
            .Where(branch => !IsEmpty(branch, taken)).Select(branch => RuleOf(branch, taken)).Distinct().ToArray();
        return branches.Length > 0 ? string.Join(" | ", branches) : throw keyword.Unsatisfiable("every alternative is ruled out");
    }

    private IEnumerable<string> Types(SchemaFacts facts, JsonTypes types)
    {
        if ((types & JsonTypes.Object) != 0)
        {
            yield return new ObjectRules(this, _rules).Write(facts);
        }

        if ((types & JsonTypes.Array) != 0)
        {
            yield return new ArrayRules(this, _rules).Write(facts);
        }

        if ((types & JsonTypes.String) != 0)
        {
            yield return _rules.String(facts);
        }

        if ((types & JsonTypes.Integer) != 0)
        {
            yield return _rules.Number(facts, isWhole: (types & JsonTypes.Number) == JsonTypes.Integer);
        }

        if ((types & JsonTypes.Boolean) != 0)
        {
            yield return "\"true\" | \"false\"";
        }

        if ((types & JsonTypes.Null) != 0)
        {
            yield return "\"null\"";
        }
    }

    /// <summary>Gets the end of a pointer as part of a rule's name, so that messages about rules can be understood.</summary>
    private static string NameOf(string pointer)
    {
        var name = pointer[(pointer.LastIndexOf('/') + 1)..];
        name = string.Concat(name.Take(40).Where(unit => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '-'));
        return name.Length == 0 ? string.Empty : "-" + name;
    }
}
