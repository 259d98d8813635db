namespace TaskServices.Inference.Decoding;

/// <summary>A grammar that cannot be used: bad syntax, an undefined or left-recursive rule, or a size beyond the bounds.</summary>
/// <remarks>
/// <see cref="InferenceException.Reason"/> is <c>GRAMMAR_INVALID</c> for the text itself, <c>GRAMMAR_TOO_COMPLEX</c> where following it
/// would take unbounded time or memory, and <c>GRAMMAR_BUDGET_TOO_SMALL</c> where its shortest sentence does not fit the token limit.
/// </remarks>
public sealed class GrammarException : InferenceException
{
    /// <param name="message">What is wrong and what was expected, without the position.</param>
    /// <param name="line">Line in the grammar's text, from 1.</param>
    /// <param name="column">Column in UTF-16 code units, from 1.</param>
    public GrammarException(string message, int line, int column)
        : base("GRAMMAR_INVALID", $"Grammar line {line}, column {column}: {OneLine(message)}")
    {
        Line = line;
        Column = column;
    }

    /// <param name="reason">Machine-readable reason.</param>
    /// <param name="message">One line that says what to do.</param>
    public GrammarException(string reason, string message)
        : base(reason, OneLine(message))
    {
    }

    /// <summary>Gets the line in the grammar's text, from 1; 0 where the failure has no place in it.</summary>
    public int Line { get; }

    /// <summary>Gets the column in UTF-16 code units, from 1; 0 where the failure has no place in it.</summary>
    public int Column { get; }

    /// <summary>Replaces control characters, which messages may quote from the grammar.</summary>
    private static string OneLine(string message) =>
        message.Any(char.IsControl) ? string.Concat(message.Select(unit => char.IsControl(unit) ? '\uFFFD' : unit)) : message;
}
