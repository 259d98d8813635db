using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Linking;

namespace TaskServices.TextToSql.Answers;

/// <summary>The latest answers, found again by the same question of a caller who sees the same.</summary>
/// <remarks>Bounded; the answer that was not asked for the longest goes first. Safe for use from several threads.</remarks>
internal sealed class AnswerCache
{
    public const int Capacity = 4_096;

    private readonly Lock _lock = new();
    private readonly Dictionary<AnswerKey, LinkedListNode<Entry>> _byKey = [];
    private readonly LinkedList<Entry> _byUse = [];

    /// <param name="values">The values that the question was linked with; other ones may give another answer.</param>
    public SqlPrediction? Find(AnswerKey key, ValueIndex values)
    {
        lock (_lock)
        {
            if (!_byKey.TryGetValue(key, out var node))
                return null;
            _byUse.Remove(node);
            if (!node.Value.Values.TryGetTarget(out var then) || !ReferenceEquals(then, values))
            {
                _byKey.Remove(key);
                return null;
            }

            _byUse.AddFirst(node);
            return node.Value.Answer;
        }
    }

    public void Put(AnswerKey key, ValueIndex values, SqlPrediction answer)
    {
        lock (_lock)
        {
            RemoveLocked(key);
            _byKey[key] = _byUse.AddFirst(new Entry(key, new(values), answer));
            if (_byKey.Count > Capacity)
                RemoveLocked(_byUse.Last!.Value.Key);
        }
    }

    /// <summary>Forgets every answer to a question that somebody called wrong, whoever asked.</summary>
    public void Forget(string databaseName, string question)
    {
        var text = AnswerKey.Normalise(question);
        lock (_lock)
        {
            foreach (var key in _byKey.Keys.Where(key => key.Question == text && key.DatabaseName.Equals(databaseName, StringComparison.OrdinalIgnoreCase)).ToList())
                RemoveLocked(key);
        }
    }

    private void RemoveLocked(AnswerKey key)
    {
        if (_byKey.Remove(key, out var node))
            _byUse.Remove(node);
    }

    private sealed record Entry(AnswerKey Key, WeakReference<ValueIndex> Values, SqlPrediction Answer);
}

/// <summary>What two questions must share to have the same answer.</summary>
/// <param name="Tenant">The caller's tenant: answers never cross it, even where the grants are the same.</param>
/// <param name="Fingerprint">Of the caller's view of the schema.</param>
/// <param name="Grant">Of what the caller may read, row policies, masks and their parameters included.</param>
/// <param name="MayExecute">Whether candidates may be executed to choose among them.</param>
internal sealed record AnswerKey(string DatabaseName, string? Tenant, string Fingerprint, string Grant, string Question, bool MayExecute)
{
    /// <summary>Folds spaces and the marks at the end. Case stays: the question may spell a value.</summary>
    public static string Normalise(string question) =>
        string.Join(' ', question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('?', '.', '!', ' ');
}
