using F23.StringSimilarity;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>Reads one SELECT statement of a dialect. Whatever it does not know is an error: nothing is skipped and nothing is guessed.</summary>
/// <remarks>Recursive descent with bounded depth and size, so hostile input ends in an error and never in a stack overflow.</remarks>
public sealed partial class SqlParser
{
    /// <summary>Longest text that is read, in UTF-16 units.</summary>
    public const int MaxTextLength = 64 * 1024;

    /// <summary>Deepest nesting of parentheses, subqueries and calls.</summary>
    public const int MaxNesting = 80;

    /// <summary>Most operators, joins and set operations in one statement: each may deepen the tree by one.</summary>
    public const int MaxOperators = 500;

    private readonly string _text;
    private readonly SqlDialect _dialect;
    private readonly List<SqlToken> _tokens;
    private int _at;
    private int _nesting;
    private int _operators;

    private SqlParser(string text, SqlDialect dialect)
    {
        _text = text;
        _dialect = dialect;
        if (text.Length > MaxTextLength)
            throw new SqlSyntaxException("SQL_TOO_LONG", "", 0, $"the statement is {text.Length} characters long; at most {MaxTextLength} are read.");
        _tokens = new SqlLexer(text, dialect).ReadAll();
    }

    /// <summary>Reads a statement, with or without a semicolon at its end.</summary>
    /// <exception cref="SqlSyntaxException">
    /// Reasons <c>SQL_SYNTAX</c>, <c>EMPTY_STATEMENT</c>, <c>NOT_A_SELECT</c>, <c>MULTIPLE_STATEMENTS</c>, <c>UNSUPPORTED_SQL</c>,
    /// <c>SQL_TOO_LONG</c>, <c>SQL_TOO_DEEP</c>.
    /// </exception>
    public static Query Parse(string text, SqlDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new SqlParser(text, dialect);
        var query = parser.ParseStatement();
        return query;
    }

    /// <summary>Reads a single expression, for example a row policy.</summary>
    /// <exception cref="SqlSyntaxException">As for <see cref="Parse"/>.</exception>
    public static Expression ParseExpression(string text, SqlDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new SqlParser(text, dialect);
        var expression = parser.ParseExpression();
        return parser.Current.Kind is TokenKind.End ? expression : throw parser.Unexpected("the end of the expression");
    }

    private SqlToken Current => _tokens[_at];

    private SqlToken Ahead(int count = 1) => _tokens[Math.Min(_at + count, _tokens.Count - 1)];

    private bool IsDialect(params ReadOnlySpan<SqlDialect> dialects) => dialects.Contains(_dialect);

    private Query ParseStatement()
    {
        if (Current.Kind is TokenKind.End)
            throw Error("EMPTY_STATEMENT", 0, "the statement is empty.");
        if (!AtQuery())
        {
            var known = Current.Kind is TokenKind.Word && !Current.IsWord("table") ? Nearest(Current.Value, ["SELECT", "WITH"]) : null;
            throw Error("NOT_A_SELECT", Current.Offset, $"expected SELECT or WITH, found {Describe(Current)}{known}.");
        }

        var query = ParseQuery();
        if (Current.IsSymbol(";"))
        {
            _at++;
            if (Current.Kind is not TokenKind.End)
                throw Error("MULTIPLE_STATEMENTS", Current.Offset, "only one statement is accepted, and something follows the semicolon.");
        }

        return Current.Kind is TokenKind.End ? query : throw Unexpected("the end of the statement", ClauseWords);
    }

    private static readonly string[] ClauseWords =
        ["FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "JOIN", "ON", "UNION", "INTERSECT", "EXCEPT", "AND", "OR", "AS", "DESC"];

    private bool TrySymbol(string symbol)
    {
        if (!Current.IsSymbol(symbol))
            return false;
        _at++;
        return true;
    }

    private bool TryWord(string keyword)
    {
        if (!Current.IsWord(keyword))
            return false;
        _at++;
        return true;
    }

    private bool TryWords(string first, string second)
    {
        if (!Current.IsWord(first) || !Ahead().IsWord(second))
            return false;
        _at += 2;
        return true;
    }

    private void ExpectSymbol(string symbol)
    {
        if (!TrySymbol(symbol))
            throw Unexpected(symbol);
    }

    private void ExpectWord(string keyword)
    {
        if (!TryWord(keyword))
            throw Unexpected(keyword.ToUpperInvariant(), keyword.ToUpperInvariant());
    }

    /// <summary>Reads a name: a quoted one, or a word that is not reserved.</summary>
    private string ExpectName(string what)
    {
        var token = Current;
        if (token.Kind is not TokenKind.QuotedName && (token.Kind is not TokenKind.Word || SqlKeywords.IsReserved(token.Value, _dialect)))
            throw Unexpected(what);
        return TakeName();
    }

    /// <summary>Takes the current token as a name. Only here, because what SQLite finds in double quotes may be a string.</summary>
    private string TakeName()
    {
        var token = Current;
        if (token.Value.Length is 0)
            throw Error("SQL_SYNTAX", token.Offset, "an empty name.");
        foreach (var c in token.Value)
        {
            if (SqlCharacters.IsInvisible(c) || char.IsControl(c))
                throw Error("SQL_SYNTAX", token.Offset, $"the invisible character U+{(int)c:X4} in a name.");
        }

        if (SqlCharacters.MixesScripts(token.Value))
            throw Error("SQL_SYNTAX", token.Offset, "a name that mixes look-alike letters of several scripts.");
        _at++;
        return token.Value;
    }

    private void CountOperator()
    {
        if (++_operators > MaxOperators)
            throw Error("SQL_TOO_DEEP", Current.Offset, $"more than {MaxOperators} operators, joins and set operations.");
    }

    private void EnterNesting()
    {
        if (++_nesting > MaxNesting)
            throw Error("SQL_TOO_DEEP", Current.Offset, $"nested more than {MaxNesting} deep.");
    }

    private EquatableList<T> ParseList<T>(Func<T> parse)
    {
        var items = new List<T> { parse() };
        while (TrySymbol(","))
            items.Add(parse());
        return items.ToEquatableList();
    }

    private SqlSyntaxException Unexpected(string expected, params ReadOnlySpan<string> knownWords)
    {
        var nearest = Current.Kind is TokenKind.Word ? Nearest(Current.Value, knownWords) : null;
        return Error("SQL_SYNTAX", Current.Offset, $"expected {expected}, found {Describe(Current)}{nearest}.");
    }

    private SqlSyntaxException Unsupported(string what) => Error("UNSUPPORTED_SQL", Current.Offset, what + ".");

    private SqlSyntaxException Error(string reason, int offset, string problem) => new(reason, _text, offset, problem);

    private static string Describe(SqlToken token) => token.Kind switch
    {
        TokenKind.End => "the end",
        TokenKind.String => "a string",
        _ => token.Value.Length > 40 ? token.Value[..40] + "…" : token.Value,
    };

    private static string? Nearest(string word, params ReadOnlySpan<string> known)
    {
        foreach (var candidate in known)
        {
            if (word.Length is > 1 and < 20 && !candidate.Equals(word, StringComparison.OrdinalIgnoreCase)
                && new Damerau().Distance(word.ToUpperInvariant(), candidate) <= (candidate.Length > 3 ? 2 : 1))
            {
                return $"; did you mean {candidate}?";
            }
        }

        return null;
    }
}
