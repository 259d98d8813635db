using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Mathematics.OutlierDetection;

namespace TaskServices.Benchmarks.Micro;

/// <summary>Repeats one and the same work; the mean counts. Nothing is built: the code runs in this process.</summary>
internal class ThroughputConfig : ManualConfig
{
    public ThroughputConfig() : this(Job.ShortRun)
    {
    }

    protected ThroughputConfig(Job job)
    {
        AddJob(job.WithToolchain(new InProcessEmitToolchain(TimeSpan.FromMinutes(30), logOutput: false)));
        AddLogger(ConsoleLogger.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddExporter(MarkdownExporter.Console);
        ArtifactsPath = Path.Combine(Path.GetTempPath(), "taskservices-benchmarks");
        WithOptions(ConfigOptions.DisableLogFile);
    }
}

/// <summary>Measures every step of a list once, each as an iteration of its own, so that percentiles are those of the steps.</summary>
internal sealed class LatencyConfig : ThroughputConfig
{
    public const int Steps = 2000;

    public LatencyConfig()
        : base(Job.Default.WithStrategy(RunStrategy.Monitoring).WithInvocationCount(1).WithUnrollFactor(1)
            .WithWarmupCount(Steps).WithIterationCount(Steps).WithOutlierMode(OutlierMode.DontRemove))
    {
        AddColumn(StatisticColumn.Median, new PercentileColumn(95), new PercentileColumn(99), StatisticColumn.Max);
    }

    private sealed class PercentileColumn(int percent) : IColumn
    {
        public string Id => ColumnName;

        public string ColumnName => "P" + percent;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Statistics;

        public int PriorityInCategory => percent;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Time;

        public string Legend => $"{percent} of 100 steps take at most this long";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, SummaryStyle.Default);

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
            summary[benchmarkCase]?.ResultStatistics is { } statistics
                ? FormattableString.Invariant($"{statistics.Percentiles.Percentile(percent) / 1000:0.0} μs")
                : "";

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public bool IsAvailable(Summary summary) => true;
    }
}
