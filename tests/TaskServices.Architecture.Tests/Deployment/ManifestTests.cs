using System.CommandLine;
using k8s.Models;
using TaskServices.Cli;

namespace TaskServices.Architecture.Tests.Deployment;

public sealed class ManifestTests
{
    public static TheoryData<string> Overlays => ["dev", "prod"];

    [Fact]
    public void Read_WrongManifests_AreRefused()
    {
        const string Service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\nspec:\n";
        Assert.Single(RenderedOverlay.Read(Service + "  clusterIP: None\n").Objects);
        Assert.ThrowsAny<Exception>(() => RenderedOverlay.Read(Service + "  clusterIp: None\n"));
        Assert.ThrowsAny<Exception>(() => RenderedOverlay.Read(Service + "  ports:\n  - port: many\n"));
        Assert.ThrowsAny<Exception>(() => RenderedOverlay.Read(Service.Replace("v1", "v7", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Render_EveryContainer_IsFencedAndBounded(string overlay)
    {
        var rendered = await RenderedOverlay.CreateAsync(overlay);

        Assert.NotEmpty(rendered.Deployments);
        foreach (var pod in rendered.Deployments.Select(deployment => deployment.Spec.Template.Spec))
        {
            Assert.True(pod.SecurityContext is { RunAsNonRoot: true, RunAsUser: > 0, SeccompProfile.Type: "RuntimeDefault" });
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.True(pod.TerminationGracePeriodSeconds > 40, "the server takes 40 s to end what runs");
            foreach (var container in pod.Containers.Concat(pod.InitContainers ?? []))
            {
                Assert.True(container.SecurityContext is { ReadOnlyRootFilesystem: true, AllowPrivilegeEscalation: false });
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.DoesNotContain(":latest", container.Image, StringComparison.Ordinal);
                Assert.Matches("^[a-z-]+:[0-9]", container.Image);
                foreach (var (name, request) in container.Resources.Requests)
                {
                    Assert.True(request.ToDecimal() <= container.Resources.Limits[name].ToDecimal(), name);
                }

                Assert.Equal(["cpu", "memory"], container.Resources.Requests.Keys.Where(name => !name.Contains('/', StringComparison.Ordinal)).Order());
                Assert.Equal(
                    container.VolumeMounts.Select(mount => mount.Name).Order(),
                    container.VolumeMounts.Select(mount => pod.Volumes.Single(volume => volume.Name == mount.Name).Name).Order());
            }

            foreach (var server in pod.Containers)
            {
                Assert.Equal("/readyz", server.StartupProbe.HttpGet.Path);
                Assert.Equal("/healthz", server.LivenessProbe.HttpGet.Path);
                Assert.Equal("/readyz", server.ReadinessProbe.HttpGet.Path);
                Assert.Contains(server.VolumeMounts, mount => mount.MountPath == "/cache" && pod.Volumes.Single(volume => volume.Name == mount.Name).EmptyDir is not null);
                Assert.All(server.VolumeMounts.Where(mount => mount.Name is "models" or "databases" || mount.Name.Contains("token", StringComparison.Ordinal)), mount => Assert.True(mount.ReadOnlyProperty));
                Assert.Null(server.Env);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Render_Arguments_AreThoseOfTheProgram(string overlay)
    {
        var rendered = await RenderedOverlay.CreateAsync(overlay);

        foreach (var server in rendered.Deployments.SelectMany(deployment => deployment.Spec.Template.Spec.Containers))
        {
            Assert.Empty(CommandTree.Create().Parse([.. server.Args]).Errors);
            Assert.All(
                server.Args.Where(argument => argument.Contains("=/run/", StringComparison.Ordinal)),
                argument => Assert.Contains(server.VolumeMounts, mount => argument.Contains('=' + mount.MountPath, StringComparison.Ordinal)));
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Render_Selectors_FindTheirPods(string overlay)
    {
        var rendered = await RenderedOverlay.CreateAsync(overlay);
        var pods = rendered.Deployments.Select(deployment => deployment.Spec.Template.Metadata.Labels).ToArray();

        Assert.All(rendered.Deployments, deployment => Assert.Single(pods, labels => Matches(deployment.Spec.Selector.MatchLabels, labels)));
        foreach (var service in rendered.Objects.OfType<V1Service>())
        {
            var deployment = Assert.Single(rendered.Deployments, deployment => Matches(service.Spec.Selector, deployment.Spec.Template.Metadata.Labels));
            Assert.Equal(service.Metadata.Name, deployment.Metadata.Name);
            Assert.Equal("None", service.Spec.ClusterIP);
            Assert.All(service.Spec.Ports, port => Assert.Contains(deployment.Spec.Template.Spec.Containers[0].Ports, target => target.Name == port.TargetPort && target.ContainerPort == port.Port));
        }

        var policies = rendered.Objects.OfType<V1NetworkPolicy>().ToArray();
        Assert.All(pods, labels => Assert.Contains(policies, policy => Matches(policy.Spec.PodSelector.MatchLabels, labels) && policy.Spec.Ingress is null && policy.Spec.Egress is null));
        Assert.All(pods, labels => Assert.Contains(policies, policy => Matches(policy.Spec.PodSelector.MatchLabels, labels) && policy.Spec.Ingress is not null));
    }

    [Fact]
    public async Task Render_Prod_HasOneGpuHostAndScalingServersInFrontOfIt()
    {
        var rendered = await RenderedOverlay.CreateAsync("prod");

        var (inference, textToSql) = (Named(rendered, "inference"), Named(rendered, "text-to-sql"));
        Assert.Equal("1", inference.Spec.Template.Spec.Containers[0].Resources.Limits["nvidia.com/gpu"].ToString());
        Assert.Contains(inference.Spec.Template.Spec.Tolerations, toleration => toleration.Key == "nvidia.com/gpu");
        Assert.DoesNotContain("nvidia.com/gpu", textToSql.Spec.Template.Spec.Containers[0].Resources.Limits.Keys);
        Assert.Contains("--role=inference", inference.Spec.Template.Spec.Containers[0].Args);
        Assert.Contains("--inference=http://inference:8081", textToSql.Spec.Template.Spec.Containers[0].Args);
        Assert.Null(textToSql.Spec.Replicas);
        var scaler = Assert.Single(rendered.Objects.OfType<V2HorizontalPodAutoscaler>());
        Assert.Equal(("text-to-sql", 2), (scaler.Spec.ScaleTargetRef.Name, scaler.Spec.MinReplicas));
        Assert.Equal(["inference", "text-to-sql"], rendered.Objects.OfType<V1PodDisruptionBudget>().Select(budget => budget.Metadata.Name).Order());
        var claims = rendered.Objects.OfType<V1PersistentVolumeClaim>().Select(claim => claim.Metadata.Name).Order();
        Assert.Equal(
            rendered.Deployments.SelectMany(deployment => deployment.Spec.Template.Spec.Volumes).Select(volume => volume.PersistentVolumeClaim?.ClaimName).OfType<string>().Distinct().Order(),
            claims);
    }

    [Fact]
    public async Task Render_Dev_NeedsNothingButTheToken()
    {
        var rendered = await RenderedOverlay.CreateAsync("dev");

        var deployment = Assert.Single(rendered.Deployments);
        Assert.Contains("--role=all", deployment.Spec.Template.Spec.Containers[0].Args);
        Assert.All(deployment.Spec.Template.Spec.Volumes, volume => Assert.True(volume.EmptyDir is not null || volume.Secret is { SecretName: "taskservices-token" }));
    }

    private static V1Deployment Named(RenderedOverlay rendered, string name) => Assert.Single(rendered.Deployments, deployment => deployment.Metadata.Name == name);

    private static bool Matches(IDictionary<string, string> selector, IDictionary<string, string> labels) =>
        selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
