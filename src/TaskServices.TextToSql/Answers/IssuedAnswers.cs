using System.Security.Cryptography;

namespace TaskServices.TextToSql.Answers;

/// <summary>The latest answers by the ids that their callers were told, so that feedback can name them. In memory only.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class IssuedAnswers
{
    public const int Capacity = 10_000;

    private const long MaxCharacters = 32L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, IssuedAnswer> _byId = [];
    private readonly Queue<string> _ids = [];
    private long _characters;

    /// <returns>An id that cannot be guessed.</returns>
    public string Issue(IssuedAnswer answer)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        lock (_lock)
        {
            _byId[id] = answer;
            _ids.Enqueue(id);
            _characters += answer.Length;
            while (_ids.Count > Capacity || (_characters > MaxCharacters && _ids.Count > 1))
            {
                if (_byId.Remove(_ids.Dequeue(), out var oldest))
                    _characters -= oldest.Length;
            }
        }

        return id;
    }

    /// <summary>Finds an answer; null where it is too old, or was given to somebody else.</summary>
    public IssuedAnswer? Find(string id, string? tenant, string principal, string databaseName)
    {
        lock (_lock)
        {
            return _byId.GetValueOrDefault(id) is { } answer && answer.Tenant == tenant && answer.Principal == principal
                && answer.DatabaseName.Equals(databaseName, StringComparison.OrdinalIgnoreCase) ? answer : null;
        }
    }
}

/// <summary>What was asked and answered, and for whom.</summary>
/// <param name="Sql">Null where there was no answer.</param>
internal sealed record IssuedAnswer(string? Tenant, string Principal, string DatabaseName, string Question, string? Sql)
{
    public int Length => Question.Length + (Sql?.Length ?? 0);
}
