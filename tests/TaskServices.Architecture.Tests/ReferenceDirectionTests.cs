using System.Text.RegularExpressions;
using ArchUnitNET.Loader;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace TaskServices.Architecture.Tests;

/// <summary>Holds the directions of docs/design.md, section 2: Cli → services → domain → inference.</summary>
public sealed class ReferenceDirectionTests
{
    private static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader().LoadAssemblies(
        System.Reflection.Assembly.Load("TaskServices.Inference"),
        System.Reflection.Assembly.Load("TaskServices.TextToSql"),
        System.Reflection.Assembly.Load("TaskServices.InvoiceOcr"),
        System.Reflection.Assembly.Load("TaskServices.Protos"),
        System.Reflection.Assembly.Load("TaskServices.ServiceDefaults"),
        System.Reflection.Assembly.Load("TaskServices.TextToSql.Service"),
        System.Reflection.Assembly.Load("TaskServices.Inference.Service"),
        System.Reflection.Assembly.Load("TaskServices.Evals"),
        System.Reflection.Assembly.Load("taskservices")).Build();

    [Theory]
    // Domain libraries know nothing of gRPC, HTTP, ASP.NET, the services or the command line.
    [InlineData("TaskServices.Inference", @"Grpc\.|Microsoft\.AspNetCore\.|Google\.Rpc|Google\.Api|TaskServices\.(Inference\.Service|TextToSql|InvoiceOcr|Protos|ServiceDefaults|Cli|Evals)")]
    [InlineData("TaskServices.TextToSql", @"Grpc\.|Microsoft\.AspNetCore\.|Google\.|TaskServices\.(TextToSql\.Service|Inference\.Service|Protos|ServiceDefaults|Cli|Evals)")]
    [InlineData("TaskServices.InvoiceOcr", @"Grpc\.|Microsoft\.AspNetCore\.|Google\.|TaskServices\.(InvoiceOcr\.Service|TextToSql|Inference\.Service|Protos|ServiceDefaults|Cli|Evals)")]
    // What all services share knows no task.
    [InlineData("TaskServices.ServiceDefaults", @"TaskServices\.(TextToSql|InvoiceOcr|Inference|Protos|Cli|Evals)")]
    [InlineData("TaskServices.Protos", @"TaskServices\.(TextToSql|InvoiceOcr|Inference|ServiceDefaults|Cli|Evals)\.")]
    // Services meet in the command line only.
    [InlineData("TaskServices.TextToSql.Service", @"TaskServices\.(Inference\.Service|Cli|Evals)")]
    [InlineData("TaskServices.Inference.Service", @"TaskServices\.(TextToSql|Cli|Evals)")]
    // Evaluations call the domain in process.
    [InlineData("TaskServices.Evals", @"Grpc\.|Microsoft\.AspNetCore\.|TaskServices\.(TextToSql\.Service|Inference\.Service|Protos|ServiceDefaults|Cli)")]
    // eval, tune and bench start their own programs.
    [InlineData("taskservices", @"TaskServices\.Evals|Google\.Protobuf")]
    public void Assembly_DoesNotSee_WhatLiesAbove(string assembly, string forbidden) => Assert.Empty(FindDependencies(assembly, forbidden));

    // Without this the rules above could pass because nothing is seen at all.
    [Theory]
    [InlineData("TaskServices.ServiceDefaults", @"Grpc\.")]
    [InlineData("TaskServices.TextToSql.Service", @"TaskServices\.TextToSql\.Generation\.")]
    [InlineData("TaskServices.Inference.Service", @"TaskServices\.Inference\.Scheduling\.")]
    [InlineData("taskservices", @"TaskServices\.TextToSql\.Service\.")]
    [InlineData("taskservices", @"TaskServices\.Inference\.Service\.")]
    public void Assembly_Sees_WhatItIsBuiltOn(string assembly, string expected) => Assert.NotEmpty(FindDependencies(assembly, expected));

    private static IEnumerable<string> FindDependencies(string assembly, string pattern)
    {
        var fullName = House.Assemblies.Single(candidate => candidate.Name.Split(',')[0] == assembly).FullName;
        return Types().That().ResideInAssembly(fullName).GetObjects(House)
            .SelectMany(type => type.Dependencies)
            .Where(dependency => Regex.IsMatch(dependency.Target.FullName, $"^({pattern})"))
            .Select(dependency => $"{dependency.Origin.FullName} -> {dependency.Target.FullName}")
            .Distinct();
    }
}
