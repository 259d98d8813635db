using System.Text;

namespace TaskServices.Inference.Decoding.Syntax;

/// <summary>Parses the grammar language by recursive descent; <see cref="Grammar"/> describes it.</summary>
internal sealed class GrammarParser
{
    private const int MaxDepth = 200;

    private readonly TextCursor _cursor;
    private int _depth;

    private GrammarParser(TextCursor cursor) => _cursor = cursor;

    public static IReadOnlyList<RuleSyntax> Parse(TextCursor cursor)
    {
        var parser = new GrammarParser(cursor);
        var rules = new List<RuleSyntax>();
        cursor.SkipBlanks();
        while (!cursor.AtEnd)
        {
            var position = cursor.Position;
            var name = cursor.TryTakeName() ?? throw cursor.Fail("expected a rule: name ::= ...");
            cursor.SkipBlanks();
            if (!cursor.TryTake("::="))
            {
                throw cursor.Fail($"expected ::= after the rule name '{name}'");
            }

            if (rules.Count >= Grammar.MaxRuleCount)
            {
                throw cursor.Fail($"more than {Grammar.MaxRuleCount} rules", position);
            }

            rules.Add(new RuleSyntax(name, parser.ParseChoice(), position));
            cursor.SkipBlanks();
        }

        return rules;
    }

    private Expression ParseChoice()
    {
        if (++_depth > MaxDepth)
        {
            throw _cursor.Fail($"groups are nested more than {MaxDepth} deep");
        }

        var alternatives = new List<Expression>();
        do
        {
            alternatives.Add(ParseSequence());
        }
        while (_cursor.TryTake('|'));

        _depth--;
        return alternatives.Count == 1 ? alternatives[0] : new ChoiceExpression(alternatives);
    }

    private Expression ParseSequence()
    {
        var items = new List<Expression>();
        while (TryParseItem() is { } item)
        {
            items.Add(item);
        }

        return items.Count switch
        {
            0 => throw _cursor.Fail("expected a literal \"...\", a regex /.../, one_of(...), substring_of(...), a rule name or a group (...)"),
            1 => items[0],
            _ => new SequenceExpression(items),
        };
    }

    private Expression? TryParseItem()
    {
        _cursor.SkipBlanks();
        var position = _cursor.Position;
        Expression item;
        if (_cursor.TryTake('"'))
        {
            item = new LiteralExpression(ReadQuoted());
        }
        else if (_cursor.TryTake('/'))
        {
            item = RegexParser.Parse(_cursor);
        }
        else if (_cursor.TryTake('('))
        {
            item = ParseChoice();
            Expect(')', "to close the group");
        }
        else if (_cursor.TryTakeName() is { } name)
        {
            _cursor.SkipBlanks();
            if (_cursor.TryTake("::="))
            {
                // The next rule begins here.
                _cursor.Rewind(position);
                return null;
            }

            item = name switch
            {
                "one_of" => ParseLiteralSet(),
                "substring_of" => ParseSubstring(),
                _ => new RuleReference(name, position),
            };
        }
        else
        {
            return null;
        }

        return Quantifier.Apply(_cursor, item);
    }

    private LiteralSetExpression ParseLiteralSet()
    {
        Expect('(', "after one_of");
        var literals = new List<byte[]>();
        do
        {
            Expect('"', "to begin a literal of one_of");
            literals.Add(ReadQuoted());
        }
        while (TryTakeAfterBlanks(','));

        Expect(')', "to close one_of");
        return new LiteralSetExpression(literals);
    }

    private SubstringExpression ParseSubstring()
    {
        Expect('(', "after substring_of");
        Expect('"', "to begin the text of substring_of");
        var position = _cursor.Position;
        var text = ReadQuoted();
        if (text.Length == 0)
        {
            throw _cursor.Fail("substring_of an empty text matches nothing; leave the alternative out", position);
        }

        if (text.Length > Grammar.MaxSubstringBytes)
        {
            throw _cursor.Fail($"the text of substring_of is longer than {Grammar.MaxSubstringBytes} bytes of UTF-8", position);
        }

        Expect(')', "to close substring_of");
        return new SubstringExpression(text);
    }

    private byte[] ReadQuoted()
    {
        var start = _cursor.Position - 1;
        var value = new StringBuilder();
        while (!_cursor.TryTake('"'))
        {
            if (_cursor.AtEnd || _cursor.Next is '\n' or '\r')
            {
                throw _cursor.Fail("the literal that begins here has no closing quote on its line (write a line break as \\n)", start);
            }

            value.Append(new Rune(_cursor.TryTake('\\') ? ReadEscape() : _cursor.TakeCodePoint()).ToString());
        }

        return Encoding.UTF8.GetBytes(value.ToString());
    }

    private int ReadEscape()
    {
        var position = _cursor.Position;
        return _cursor.Take() switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '"' => '"',
            '\\' => '\\',
            'x' => _cursor.TakeEscapedCodePoint(2),
            'u' => _cursor.TakeEscapedCodePoint(4),
            _ => throw _cursor.Fail("expected one of the escapes \\\" \\\\ \\n \\t \\r \\xHH \\uXXXX", position),
        };
    }

    private bool TryTakeAfterBlanks(char expected)
    {
        _cursor.SkipBlanks();
        return _cursor.TryTake(expected);
    }

    private void Expect(char expected, string purpose)
    {
        if (!TryTakeAfterBlanks(expected))
        {
            throw _cursor.Fail($"expected {expected} {purpose}");
        }

        if (expected == '(')
        {
            _cursor.SkipBlanks();
        }
    }
}
