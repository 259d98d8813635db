using System.Text;
using System.Text.Json;
using TaskServices.TextToSql.Linking;

namespace TaskServices.TextToSql.Knowledge;

/// <summary>Verified queries in one JSON-lines file: each line adds a query or removes one, and the last word counts.</summary>
/// <remarks>Everything is kept in memory too. One process at a time writes a file. Safe for use from several threads.</remarks>
public sealed class VerifiedQueryFile : IVerifiedQueries
{
    /// <summary>More queries than this are refused: they are looked through one by one.</summary>
    public const int MaxCount = 20_000;

    private const int MaxTextLength = 100_000;
    private const int MaxQuestionLength = 4_000;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string? _path;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _byId = new(StringComparer.Ordinal);

    private VerifiedQueryFile(string? path) => _path = path;

    /// <summary>Opens a file; one that does not exist is empty, and is made by the first query.</summary>
    /// <param name="path">Null keeps the queries in memory only.</param>
    /// <exception cref="TextToSqlException">Reason <c>VERIFIED_QUERIES_UNREADABLE</c>, with the line.</exception>
    public static VerifiedQueryFile Open(string? path)
    {
        var file = new VerifiedQueryFile(path);
        if (!File.Exists(path))
            return file;
        var number = 0;
        try
        {
            foreach (var line in File.ReadLines(path, Encoding.UTF8))
            {
                number++;
                if (line.Length > 0)
                    file.Apply(JsonSerializer.Deserialize<Line>(line, Json) ?? throw new JsonException("null"));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new TextToSqlException("VERIFIED_QUERIES_UNREADABLE", $"{path}, line {number}: cannot be read as a verified query; correct or remove the line.", exception);
        }

        return file;
    }

    public Task AddAsync(VerifiedQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (string.IsNullOrWhiteSpace(query.Question) || query.Question.Length > MaxQuestionLength || string.IsNullOrWhiteSpace(query.Sql) || query.Sql.Length > MaxTextLength)
            throw new TextToSqlException("VERIFIED_QUERY_INVALID", "A verified query has a question of 1 to 4,000 characters and SQL of 1 to 100,000.");
        return Task.Run(() => Append(new(query, null)), cancellationToken);
    }

    public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            lock (_lock)
            {
                if (!_byId.ContainsKey(id))
                    return false;
            }

            Append(new(null, id));
            return true;
        },
        cancellationToken);

    public IReadOnlyList<VerifiedQuery> List(string databaseName, string? tenant)
    {
        lock (_lock)
            return [.. _byId.Values.Select(entry => entry.Query).Where(query => Serves(query, databaseName, tenant))];
    }

    public IReadOnlyList<VerifiedMatch> Find(string databaseName, string? tenant, string question, int count)
    {
        var stems = Words.ContentStems(question).ToHashSet(StringComparer.Ordinal);
        lock (_lock)
        {
            return
            [
                .. _byId.Values
                    .Where(entry => Serves(entry.Query, databaseName, tenant))
                    .Select(entry => new VerifiedMatch(entry.Query, Similarity(stems, entry.Stems)))
                    .Where(match => match.Similarity > 0)
                    .OrderByDescending(match => match.Similarity).ThenByDescending(match => match.Query.VerifiedAt)
                    .Take(count),
            ];
        }
    }

    /// <summary>Jaccard's index of the two sets of words.</summary>
    private static double Similarity(HashSet<string> left, HashSet<string> right)
    {
        var common = left.Count(right.Contains);
        return common == 0 ? 0 : (double)common / (left.Count + right.Count - common);
    }

    private void Append(Line line)
    {
        lock (_lock)
        {
            if (line.Add is not null && _byId.Count >= MaxCount)
                throw new TextToSqlException("VERIFIED_QUERY_INVALID", $"{_path ?? "The store"} holds {MaxCount:N0} queries already; remove some first.");
            try
            {
                if (_path is null)
                {
                    Apply(line);
                    return;
                }

                using var stream = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
                stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, Json) + "\n"));
                stream.Flush(flushToDisk: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new TextToSqlException("VERIFIED_QUERIES_UNWRITABLE", $"{_path} cannot be written; check the folder and its permissions.", exception);
            }

            Apply(line);
        }
    }

    private void Apply(Line line)
    {
        if (line.Remove is { } id)
            _byId.Remove(id);
        if (line.Add is not { } query)
            return;
        foreach (var (same, _) in _byId.Where(pair => IsSame(pair.Value.Query, query)).ToList())
            _byId.Remove(same);
        _byId[query.Id] = new(query, Words.ContentStems(query.Question).ToHashSet(StringComparer.Ordinal));
    }

    private static bool Serves(VerifiedQuery query, string databaseName, string? tenant) =>
        query.DatabaseName.Equals(databaseName, StringComparison.OrdinalIgnoreCase) && (query.Tenant is null || query.Tenant == tenant);

    private static bool IsSame(VerifiedQuery left, VerifiedQuery right) =>
        left.DatabaseName.Equals(right.DatabaseName, StringComparison.OrdinalIgnoreCase) && left.Tenant == right.Tenant
        && left.Question.Trim().Equals(right.Question.Trim(), StringComparison.OrdinalIgnoreCase);

    private sealed record Line(VerifiedQuery? Add, string? Remove);

    private sealed record Entry(VerifiedQuery Query, HashSet<string> Stems);
}
