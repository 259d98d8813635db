using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Generation;

/// <summary>One registered database, opened once for every combination of grants, and again when it has changed.</summary>
/// <remarks>
/// A changed SQLite file shows at the next question. A server's schema is compared every <see cref="CheckInterval"/>, and its values are read
/// again with a changed schema or after <see cref="MaxAge"/>. Safe for use from several threads; a failed opening is not remembered.
/// </remarks>
internal sealed class DatabaseViews(string name, DatabaseUrl url, DatabaseAccess? access, TimeProvider time) : IAsyncDisposable
{
    public static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>Most combinations of grants that are kept.</summary>
    private const int MaxViews = 64;

    private readonly IQueryExecutor _executor = QueryExecutors.Create(url);
    private readonly SemaphoreSlim _gate = new(1);
    private volatile Dictionary<string, View> _views = [];

    public string Name { get; } = name;

    public bool IsVisibleTo(Principal principal) => access is null || access.Matching(principal).Count > 0;

    /// <exception cref="TextToSqlException">Reason <c>PRINCIPAL_INCOMPLETE</c>, or the database cannot be opened.</exception>
    public async ValueTask<RegisteredDatabase> GetAsync(Principal principal, ITokenizer tokenizer, CancellationToken cancellationToken)
    {
        var key = access is null ? "" : string.Join(',', access.Matching(principal));
        if (!_views.TryGetValue(key, out var view) || MustCheck(view))
        {
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                view = await RefreshAsync(key, principal, tokenizer, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }

        var database = view.Database;
        return access is null ? database : database with { Grant = access.Resolve(principal, database.FullSchema, database.Dialect) };
    }

    public async ValueTask DisposeAsync()
    {
        await _executor.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    /// <summary>
    /// Closes the idle connections now; the drivers close those of running queries when they come back to their pool. A question that is just
    /// opening the database fails, and its caller asks again.
    /// </summary>
    public void Retire() => _ = Task.Run(async () => await _executor.DisposeAsync().ConfigureAwait(false));

    private async Task<View> RefreshAsync(string key, Principal principal, ITokenizer tokenizer, CancellationToken cancellationToken)
    {
        if (_views.TryGetValue(key, out var view) && (!MustCheck(view) || await IsUnchangedAsync(view, cancellationToken).ConfigureAwait(false)))
            return view;
        var database = await RegisteredDatabase.OpenAsync(Name, url, _executor, access, principal, tokenizer, cancellationToken).ConfigureAwait(false);
        var opened = new View(database, time.GetTimestamp());

        // Readers take no lock: they see the old dictionary or the new one. What has changed for one view has changed for all.
        _views = view is not null || _views.Count >= MaxViews ? new() { [key] = opened } : new(_views) { [key] = opened };
        return opened;
    }

    private bool MustCheck(View view) => url.Dialect is SqlDialect.Sqlite
        ? view.Database.Values.IsStale()
        : time.GetElapsedTime(Interlocked.Read(ref view.CheckedAt)) >= CheckInterval;

    private async Task<bool> IsUnchangedAsync(View view, CancellationToken cancellationToken)
    {
        if (url.Dialect is SqlDialect.Sqlite || time.GetElapsedTime(view.OpenedAt) >= MaxAge)
            return false;
        var schema = await _executor.ReadSchemaAsync(Name, RegisteredDatabase.SchemaTime, cancellationToken).ConfigureAwait(false);
        if (schema.Fingerprint != view.Database.FullSchema.Fingerprint)
            return false;
        Interlocked.Exchange(ref view.CheckedAt, time.GetTimestamp());
        return true;
    }

    private sealed class View(RegisteredDatabase database, long openedAt)
    {
        public long CheckedAt = openedAt;

        public RegisteredDatabase Database { get; } = database;

        public long OpenedAt { get; } = openedAt;
    }
}
