using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Syntax;

/// <summary>One node of a parsed grammar. Text is UTF-8 from here on.</summary>
internal abstract class Expression;

/// <summary>These bytes, in this order; none is the empty string.</summary>
internal sealed class LiteralExpression(byte[] bytes) : Expression
{
    public byte[] Bytes { get; } = bytes;
}

/// <summary>One character of a set.</summary>
internal sealed class ClassExpression(CodePointSet set) : Expression
{
    private (byte Low, byte High)[][]? _utf8;

    public CodePointSet Set { get; } = set;

    /// <summary>Gets the encodings of the set: sequences of byte ranges.</summary>
    public (byte Low, byte High)[][] Utf8 => _utf8 ??= [.. Utf8Ranges.Of(Set)];
}

internal sealed class SequenceExpression(IReadOnlyList<Expression> items) : Expression
{
    public IReadOnlyList<Expression> Items { get; } = items;
}

internal sealed class ChoiceExpression(IReadOnlyList<Expression> alternatives) : Expression
{
    public IReadOnlyList<Expression> Alternatives { get; } = alternatives;
}

/// <summary>The item between <c>minimum</c> and <c>maximum</c> times; null is without end.</summary>
internal sealed class RepeatExpression(Expression item, int minimum, int? maximum) : Expression
{
    public Expression Item { get; } = item;

    public int Minimum { get; } = minimum;

    public int? Maximum { get; } = maximum;
}

internal sealed class RuleReference(string name, int position) : Expression
{
    public string Name { get; } = name;

    /// <summary>Gets the offset in the grammar's text, for the message when there is no such rule.</summary>
    public int Position { get; } = position;
}

/// <summary><c>one_of(...)</c>: exactly one of many literals.</summary>
internal sealed class LiteralSetExpression(IReadOnlyList<byte[]> literals) : Expression
{
    public IReadOnlyList<byte[]> Literals { get; } = literals;
}

/// <summary><c>substring_of("...")</c>: any contiguous piece of at least one character.</summary>
internal sealed class SubstringExpression(byte[] text) : Expression
{
    public byte[] Text { get; } = text;
}

/// <summary>One rule: <c>name ::= body</c>.</summary>
internal sealed record RuleSyntax(string Name, Expression Body, int Position);
