namespace TaskServices.Inference.Models.Importing;

/// <summary>
/// A temporary folder beside the directory that is being written: it becomes that directory by one rename, or vanishes. A lock file held open
/// tells a folder in use from one that a dead process left.
/// </summary>
internal sealed class StagingDirectory : IDisposable
{
    private const string LockName = ".lock";

    /// <summary>A folder without a lock is either about to get one or to be renamed, unless it is old.</summary>
    private static readonly TimeSpan LocklessGrace = TimeSpan.FromMinutes(10);

    private readonly string _target;

    private FileStream? _lock;

    private StagingDirectory(string target, string path, FileStream @lock) => (_target, Path, _lock) = (target, path, @lock);

    public string Path { get; }

    /// <summary>Creates a folder beside <paramref name="target"/> after removing those that dead processes left.</summary>
    /// <exception cref="InferenceException">The parent folder cannot be written.</exception>
    public static StagingDirectory Create(string target)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(target));
        var parent = System.IO.Path.GetDirectoryName(full) ?? throw new ArgumentException("The root folder cannot be a target.", nameof(target));
        var name = System.IO.Path.GetFileName(full);
        try
        {
            Directory.CreateDirectory(parent);
            RemoveStale(parent, name);
            var path = System.IO.Path.Combine(parent, $".{name}.{Guid.NewGuid():N}.tmp");
            Directory.CreateDirectory(path);
            return new StagingDirectory(full, path, OpenLock(System.IO.Path.Combine(path, LockName), FileMode.CreateNew));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ImportErrors.CannotWrite(parent, exception);
        }
    }

    /// <summary>Renames the folder to its target. An imported model that stands there is replaced; anything else is left alone.</summary>
    public void Commit()
    {
        _lock?.Dispose();
        _lock = null;
        File.Delete(System.IO.Path.Combine(Path, LockName));
        if (!Directory.Exists(_target))
        {
            Directory.Move(Path, _target);
            return;
        }

        if (Directory.EnumerateFileSystemEntries(_target).Any() && !File.Exists(System.IO.Path.Combine(_target, ModelManifest.FileName)))
        {
            throw ImportErrors.TargetOccupied(_target);
        }

        var old = Path + ".old.tmp";
        Directory.Move(_target, old);
        Directory.Move(Path, _target);
        Directory.Delete(old, recursive: true);
    }

    public void Dispose()
    {
        _lock?.Dispose();
        TryDelete(Path);
    }

    private static void RemoveStale(string parent, string name)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, $".{name}.*.tmp"))
        {
            var lockPath = System.IO.Path.Combine(folder, LockName);
            if (!File.Exists(lockPath))
            {
                if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > LocklessGrace)
                {
                    TryDelete(folder);
                }

                continue;
            }

            try
            {
                OpenLock(lockPath, FileMode.Open).Dispose();
            }
            catch (IOException)
            {
                continue; // Its writer is alive.
            }

            TryDelete(folder);
        }
    }

    private static FileStream OpenLock(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.None);

    private static void TryDelete(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Left for the next import to remove: failing here would hide the error that matters.
        }
    }
}
