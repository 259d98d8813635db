namespace TaskServices.Inference.Decoding.Syntax;

/// <summary>
/// Parses <c>/regex/</c>, anchored at both ends: classes, groups, <c>| * + ? {m,n}</c>, <c>.</c>, <c>\d \w \s</c> (ASCII) and their
/// complements, <c>\xHH</c> and <c>\uXXXX</c> (characters, not bytes). <c>^</c> and <c>$</c> may stand at the ends of the outermost
/// alternatives. No look-around, back references or lazy repetition.
/// </summary>
internal sealed class RegexParser
{
    private const int MaxDepth = 200;

    private readonly TextCursor _cursor;
    private readonly RegexClasses _classes;
    private readonly int _start;
    private int _depth;

    private RegexParser(TextCursor cursor, RegexClasses classes)
    {
        (_cursor, _classes) = (cursor, classes);
        _start = cursor.Position - 1;
    }

    /// <summary>Parses from behind the opening slash to behind the closing one.</summary>
    public static Expression Parse(TextCursor cursor)
    {
        var alternatives = ParseAlternatives(cursor, RegexClasses.Ascii);
        return alternatives.Count == 1 ? alternatives[0].Body : new ChoiceExpression([.. alternatives.Select(alternative => alternative.Body)]);
    }

    /// <summary>Parses the same, and says which of the outermost alternatives name their anchors.</summary>
    public static IReadOnlyList<RegexAlternative> ParseAlternatives(TextCursor cursor, RegexClasses classes)
    {
        var parser = new RegexParser(cursor, classes);
        var alternatives = new List<RegexAlternative>();
        do
        {
            var hasStart = cursor.TryTake('^');
            var body = parser.ParseSequence();
            alternatives.Add(new RegexAlternative(body, hasStart, cursor.TryTake('$')));
        }
        while (cursor.TryTake('|'));

        return cursor.TryTake('/') ? alternatives : throw cursor.Fail("expected / to close the regex, or \\ before a bracket or $ that is a character");
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

    private SequenceExpression ParseSequence()
    {
        var items = new List<Expression>();
        while (_cursor.Next is not ('/' or '|' or ')') && !(_depth == 0 && _cursor.Next == '$'))
        {
            if (_cursor.AtEnd || _cursor.Next is '\n' or '\r')
            {
                throw _cursor.Fail("the regex that begins here has no closing / on its line", _start);
            }

            items.Add(Quantifier.Apply(_cursor, ParseAtom()));
        }

        return new SequenceExpression(items);
    }

    private Expression ParseAtom()
    {
        var position = _cursor.Position;
        if (_cursor.TryTake('('))
        {
            if (_cursor.TryTake('?') && !_cursor.TryTake(':'))
            {
                throw _cursor.Fail("only plain groups (...) and (?:...) are known", position);
            }

            var group = ParseChoice();
            return _cursor.TryTake(')') ? group : throw _cursor.Fail("expected ) to close the group");
        }

        if (_cursor.TryTake('['))
        {
            var set = ParseClass();
            return set.IsEmpty ? throw _cursor.Fail("the class matches no character", position) : new ClassExpression(set);
        }

        if (_cursor.TryTake('.'))
        {
            return new ClassExpression(_classes.Dot);
        }

        if (_cursor.Next is '*' or '+' or '?' or '{' or '}' or ']' or '^' or '$')
        {
            throw _cursor.Fail($"'{_cursor.Next}' has nothing to act on here; write \\{_cursor.Next} for the character (a regex is anchored as it is)");
        }

        var ranges = ParseCharacter();
        return new ClassExpression(ranges);
    }

    private CodePointSet ParseClass()
    {
        var isNegated = _cursor.TryTake('^');
        var ranges = new List<(int Low, int High)>();
        while (!_cursor.TryTake(']'))
        {
            var position = _cursor.Position;
            if (_cursor.AtEnd || _cursor.Next is '\n' or '\r')
            {
                throw _cursor.Fail("expected ] to close the class");
            }

            var first = ParseCharacter();
            var beforeDash = _cursor.Position;
            if (_cursor.TryTake('-') && _cursor.Next != ']')
            {
                var last = ParseCharacter();
                if (!IsSingle(first) || !IsSingle(last) || first.Ranges[0].Low > last.Ranges[0].Low)
                {
                    throw _cursor.Fail("a range needs two single characters in rising order", position);
                }

                ranges.Add((first.Ranges[0].Low, last.Ranges[0].High));
            }
            else
            {
                _cursor.Rewind(beforeDash);
                ranges.AddRange(first.Ranges);
            }
        }

        var set = CodePointSet.Of(ranges);
        return isNegated ? set.Complement().Intersect(_classes.Universe) : set;
    }

    private CodePointSet ParseCharacter()
    {
        if (!_cursor.TryTake('\\'))
        {
            return Single(_cursor.TakeCodePoint());
        }

        var position = _cursor.Position;
        var escaped = _cursor.Take();
        return escaped switch
        {
            'd' => CodePointSet.Digits,
            'D' => _classes.NotDigit,
            'w' => CodePointSet.WordCharacters,
            'W' => _classes.NotWord,
            's' => CodePointSet.Spaces,
            'S' => _classes.NotSpace,
            'n' => Single('\n'),
            't' => Single('\t'),
            'r' => Single('\r'),
            'f' => Single('\f'),
            'v' => Single('\v'),
            'x' => Single(_cursor.TakeEscapedCodePoint(2)),
            'u' => Single(_cursor.TakeEscapedCodePoint(4)),
            _ when char.IsAscii(escaped) && !char.IsAsciiLetterOrDigit(escaped) && !char.IsControl(escaped) => Single(escaped),
            _ => throw _cursor.Fail($"\\{escaped} is no known escape; known are \\d \\w \\s \\D \\W \\S \\n \\t \\r \\f \\v \\xHH \\uXXXX", position - 1),
        };
    }

    private static CodePointSet Single(int codePoint) => CodePointSet.Of([(codePoint, codePoint)]);

    private static bool IsSingle(CodePointSet set) => set.Ranges is [var range] && range.Low == range.High;
}

/// <summary>One of a regex's outermost alternatives.</summary>
/// <param name="HasStart">Whether it begins with <c>^</c>.</param>
/// <param name="HasEnd">Whether it ends with <c>$</c>.</param>
internal sealed record RegexAlternative(Expression Body, bool HasStart, bool HasEnd);
