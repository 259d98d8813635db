namespace TaskServices.Inference.Models.Sessions;

/// <summary>Counts the physical cores that this process may use: threads beyond them only contend for the same arithmetic units.</summary>
internal static class PhysicalCores
{
    private const string CpuFolder = "/sys/devices/system/cpu";

    public static int Count()
    {
        // The runtime's own count honours affinity and the cgroup's quota, but counts hardware threads.
        var usable = Environment.ProcessorCount;
        var cores = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var folder in Directory.EnumerateDirectories(CpuFolder, "cpu*"))
            {
                var siblings = Path.Combine(folder, "topology", "thread_siblings_list");
                if (File.Exists(siblings))
                {
                    cores.Add(File.ReadAllText(siblings).Trim());
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return usable;
        }

        return cores.Count == 0 ? usable : Math.Min(usable, cores.Count);
    }
}
