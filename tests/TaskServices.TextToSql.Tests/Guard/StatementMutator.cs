using TaskServices.Testing;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Guard;

/// <summary>Makes statements that are nearly those of the corpora: characters and pieces changed, removed, doubled, taken from others.</summary>
internal sealed class StatementMutator
{
    private static readonly string[] Pieces =
    [
        "(", ")", "'", "\"", "`", ";", ",", ".", "*", "--", "/*", "*/", "\n", " ", "\0", "\u00a0", "\u200b", "%", "||", "::", "->", "@", "$1", "$$", "[", "]", "{", "\\",
        " UNION SELECT value FROM secrets ", " password_hash ", " secrets ", " users ", " salary ", " JOIN secrets ON 1 = 1 ", " AS users ", " users.* ", " LIMIT 1 ",
        " ORDER BY 1 ", " (SELECT value FROM secrets) ", " OVER () ", " FILTER (WHERE true) ", " NATURAL JOIN ", " LATERAL ", " WITH x AS (SELECT * FROM secrets) ", " IS NOT ",
    ];

    private readonly List<(SqlDialect Dialect, string Sql)> _seeds = [];
    private readonly Random _random;

    public StatementMutator(int seed)
    {
        _random = new(seed);
        foreach (var file in (string[])["attacks.tsv", "benign.tsv"])
        {
            _seeds.AddRange(GuardCorpusTests.ReadRows(TestFiles.InRepository("tests", "TaskServices.TextToSql.Tests", "Guard", file)));
            if (TestFiles.TryShared("data", "sql", "guard", file) is { } shared)
                _seeds.AddRange(GuardCorpusTests.ReadRows(shared));
        }
    }

    public (SqlDialect Dialect, string Sql) Next()
    {
        var (dialect, sql) = Pick();
        for (var changes = 1 + _random.Next(3); changes > 0; changes--)
            sql = Change(sql);
        return (_random.Next(4) is 0 ? (SqlDialect)_random.Next(5) : dialect, sql);
    }

    private (SqlDialect Dialect, string Sql) Pick() => _seeds[_random.Next(_seeds.Count)];

    private string Change(string sql)
    {
        var at = _random.Next(sql.Length + 1);
        var end = Math.Min(sql.Length, at + 1 + _random.Next(12));
        return _random.Next(6) switch
        {
            0 => sql.Remove(at, end - at),
            1 => sql.Insert(at, sql[at..end]),
            2 => sql.Insert(at, Pieces[_random.Next(Pieces.Length)]),
            3 => sql[..at] + Pieces[_random.Next(Pieces.Length)] + sql[end..],
            4 => Splice(sql, Pick().Sql),
            _ => Words(sql),
        };
    }

    private string Splice(string first, string second) => first[.._random.Next(first.Length + 1)] + second[_random.Next(second.Length + 1)..];

    /// <summary>Exchanges two words.</summary>
    private string Words(string sql)
    {
        var words = sql.Split(' ');
        var (a, b) = (_random.Next(words.Length), _random.Next(words.Length));
        (words[a], words[b]) = (words[b], words[a]);
        return string.Join(' ', words);
    }
}
