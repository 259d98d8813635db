using TaskServices.Inference.Decoding.Automata;
using TaskServices.Inference.Decoding.Syntax;

namespace TaskServices.Inference.Decoding;

/// <summary>Turns a grammar's text into automata: rules first, in order, then the large terminals.</summary>
internal sealed class GrammarCompiler
{
    private const long MaxInlinedNodes = 32;

    private readonly TextCursor _cursor;
    private readonly IReadOnlyList<RuleSyntax> _rules;
    private readonly Dictionary<string, int> _ruleOfName = new(StringComparer.Ordinal);
    private readonly Dictionary<Expression, int> _terminalOfExpression = new(ReferenceEqualityComparer.Instance);
    private readonly List<Automaton> _terminals = [];
    private readonly long?[] _sizes;
    private int _nodeCount;

    private GrammarCompiler(TextCursor cursor)
    {
        _cursor = cursor;
        _rules = GrammarParser.Parse(cursor);
        _sizes = new long?[_rules.Count];
        for (var i = 0; i < _rules.Count; i++)
        {
            if (!_ruleOfName.TryAdd(_rules[i].Name, i))
            {
                throw cursor.Fail($"the rule '{_rules[i].Name}' is defined twice", _rules[i].Position);
            }
        }
    }

    public static Grammar Compile(string text)
    {
        var compiler = new GrammarCompiler(new TextCursor(text));
        if (!compiler._ruleOfName.TryGetValue("root", out var root))
        {
            throw compiler._cursor.Fail("expected a rule named 'root', where every sentence begins");
        }

        var builder = new NfaBuilder(compiler.Resolve, compiler.FindSmallBody, compiler.TakeNode);
        var rules = compiler._rules.Select(rule => builder.Build(rule.Body)).ToArray();
        var facts = new GrammarFacts(compiler._cursor, compiler._rules, rules, compiler._terminals);
        var automata = new Automaton[rules.Length + compiler._terminals.Count];
        for (var i = 0; i < rules.Length; i++)
        {
            automata[i] = new RuleAutomaton(i, facts, automata);
        }

        compiler._terminals.CopyTo(automata, rules.Length);
        return Grammar.Create(text, automata, root, facts);
    }

    private void TakeNode()
    {
        if (++_nodeCount > Grammar.MaxNodeCount)
        {
            throw new GrammarException(
                "GRAMMAR_INVALID",
                $"The grammar has more than {Grammar.MaxNodeCount} automaton nodes once its repetitions are written out; lower their bounds.");
        }
    }

    /// <summary>A small rule that calls nothing (a character of a string, say) becomes part of its callers: no call, and no stack frame.</summary>
    private Expression? FindSmallBody(RuleReference reference)
    {
        if (!_ruleOfName.TryGetValue(reference.Name, out var rule))
        {
            return null;
        }

        var size = _sizes[rule] ??= ExpressionSize.Of(_rules[rule].Body);
        return size <= MaxInlinedNodes ? _rules[rule].Body : null;
    }

    private int Resolve(Expression expression)
    {
        // A rule that only names another rule or one terminal is that rule or terminal: one call less for every use.
        for (var hops = 0; expression is RuleReference reference; hops++)
        {
            if (!_ruleOfName.TryGetValue(reference.Name, out var rule))
            {
                throw _cursor.Fail($"the rule '{reference.Name}' is not defined", reference.Position);
            }

            expression = _rules[rule].Body;
            if (hops >= _rules.Count || expression is not (RuleReference or SubstringExpression or LiteralSetExpression)
                || (expression is LiteralSetExpression set && Grammar.IsSmall(set)))
            {
                return rule;
            }
        }

        if (!_terminalOfExpression.TryGetValue(expression, out var terminal))
        {
            terminal = _rules.Count + _terminals.Count;
            _terminals.Add(expression is SubstringExpression substring
                ? new SubstringAutomaton(terminal, substring.Text)
                : LiteralSetAutomaton.Build(terminal, ((LiteralSetExpression)expression).Literals));
            _terminalOfExpression.Add(expression, terminal);
        }

        return terminal;
    }
}
