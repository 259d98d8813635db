using System.Collections;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using k8s;
using k8s.Models;
using TaskServices.Testing;

namespace TaskServices.Architecture.Tests.Deployment;

/// <summary>An overlay as <c>kubectl kustomize</c> renders it, read into the types of the official client, which are made from Kubernetes' own schemas.</summary>
internal sealed class RenderedOverlay
{
    private RenderedOverlay(IReadOnlyList<IKubernetesObject> objects) => Objects = objects;

    public IReadOnlyList<IKubernetesObject> Objects { get; }

    public IEnumerable<V1Deployment> Deployments => Objects.OfType<V1Deployment>();

    /// <summary>Renders an overlay; skips the test where kubectl is absent.</summary>
    public static async Task<RenderedOverlay> CreateAsync(string name)
    {
        Assert.SkipUnless(IsOnPath("kubectl"), "kubectl is not installed (Debian's kubernetes-client)");
        var start = new ProcessStartInfo("kubectl", ["kustomize", TestFiles.InRepository("k8s", "overlays", name)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var yaml = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return Read(yaml);
    }

    /// <summary>Reads objects strictly: an unknown kind, field or type of value fails, and so does a field that the schema requires and that is absent.</summary>
    public static RenderedOverlay Read(string yaml)
    {
        var objects = KubernetesYaml.LoadAllFromString(yaml, strict: true);
        foreach (var item in objects)
        {
            RequireFields(item, item.GetType().Name);
        }

        return new RenderedOverlay([.. objects.Cast<IKubernetesObject>()]);
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static void RequireFields(object value, string path)
    {
        if (value is IDictionary or string)
        {
            return;
        }

        if (value is IEnumerable items)
        {
            foreach (var item in items)
            {
                RequireFields(item, path + "[]");
            }

            return;
        }

        if (value.GetType().Namespace?.StartsWith("k8s", StringComparison.Ordinal) is not true)
        {
            return;
        }

        foreach (var property in value.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            var field = property.GetValue(value);
            Assert.True(field is not null || property.GetCustomAttribute<RequiredMemberAttribute>() is null, $"{path}.{property.Name} is required and absent");
            if (field is not null)
            {
                RequireFields(field, $"{path}.{property.Name}");
            }
        }
    }
}
