using TaskServices.TextToSql.Generation;

namespace TaskServices.TextToSql.Service;

/// <summary>Holds the text-to-SQL task once its model is loaded.</summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class TextToSqlSource
{
    private volatile ITextToSql? _loaded;

    /// <summary>Gets the task.</summary>
    /// <exception cref="ModelLoadingException">The model is still loading.</exception>
    internal ITextToSql Loaded => _loaded ?? throw new ModelLoadingException();

    /// <summary>Gets why loading failed, or null.</summary>
    public Exception? Failure { get; internal set; }

    internal void Set(ITextToSql textToSql) => _loaded = textToSql;
}

/// <summary>A call came before the model was loaded.</summary>
internal sealed class ModelLoadingException() : Exception("The model is loading. Try again in a few seconds.");
