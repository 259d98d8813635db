namespace TaskServices.TextToSql.Answers;

/// <summary>What callers said about answers, the latest last; kept in a file where there is one.</summary>
/// <remarks>Safe for use from several threads. Beyond its bound the oldest is forgotten in memory; a file keeps everything.</remarks>
internal sealed class FeedbackStore : IDisposable
{
    public const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Feedback> _byId = [];
    private readonly Queue<string> _ids = [];
    private StateFile<Line>? _file;

    /// <exception cref="TextToSqlException">Reason <c>STATE_IN_USE</c>, <c>STATE_UNREADABLE</c> or <c>STATE_UNWRITABLE</c>.</exception>
    public static FeedbackStore Open(string? path)
    {
        var store = new FeedbackStore();
        if (path is not null)
            store._file = StateFile<Line>.Open(path, store.Apply);
        return store;
    }

    /// <exception cref="TextToSqlException">Reason <c>STATE_UNWRITABLE</c>.</exception>
    public void Add(Feedback feedback) => Write(new(feedback, null, default));

    /// <exception cref="TextToSqlException">Reason <c>STATE_UNWRITABLE</c>.</exception>
    public void SetState(string id, FeedbackState state) => Write(new(null, id, state));

    public Feedback? Find(string? tenant, string databaseName, string id)
    {
        lock (_lock)
            return _byId.GetValueOrDefault(id) is { } feedback && Belongs(feedback, tenant, databaseName) ? feedback : null;
    }

    /// <summary>Gets a tenant's feedback, the oldest first.</summary>
    public IReadOnlyList<Feedback> List(string? tenant, string databaseName)
    {
        lock (_lock)
            return [.. _ids.Select(id => _byId[id]).Where(feedback => Belongs(feedback, tenant, databaseName))];
    }

    public void Dispose() => _file?.Dispose();

    private static bool Belongs(Feedback feedback, string? tenant, string databaseName) =>
        feedback.Tenant == tenant && feedback.DatabaseName.Equals(databaseName, StringComparison.OrdinalIgnoreCase);

    private void Write(Line line)
    {
        lock (_lock)
        {
            _file?.Append(line);
            Apply(line);
        }
    }

    private void Apply(Line line)
    {
        if (line.Given is { } given && _byId.TryAdd(given.Id, given))
        {
            _ids.Enqueue(given.Id);
            if (_ids.Count > Capacity)
                _byId.Remove(_ids.Dequeue());
        }

        if (line.Reviewed is { } id && _byId.TryGetValue(id, out var feedback))
            _byId[id] = feedback with { State = line.State };
    }

    private sealed record Line(Feedback? Given, string? Reviewed, FeedbackState State);
}
