using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TaskServices.Inference.Telemetry;

/// <summary>Cost and tokens since the start for each set of labels. Thread safe.</summary>
internal sealed class CostLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(object? Model, object? Adapter, object? Tenant), Account> _accounts = [];

    /// <param name="tags">A request's tags.</param>
    public void Add(in TagList tags, double cost, long tokens)
    {
        var key = (Find(tags, "gen_ai.request.model"), Find(tags, "taskservices.adapter"), Find(tags, "taskservices.tenant"));
        lock (_gate)
        {
            var account = _accounts.GetValueOrDefault(key);
            _accounts[key] = new Account(account.Cost + cost, account.Tokens + tokens);
        }
    }

    /// <summary>Gets the cost of 1,000 tokens for each set of labels.</summary>
    public IEnumerable<Measurement<double>> Observe()
    {
        lock (_gate)
        {
            return
            [
                .. _accounts.Select(pair => new Measurement<double>(
                    1000 * pair.Value.Cost / Math.Max(1, pair.Value.Tokens),
                    new("gen_ai.request.model", pair.Key.Model),
                    new("taskservices.adapter", pair.Key.Adapter),
                    new("taskservices.tenant", pair.Key.Tenant))),
            ];
        }
    }

    private static object? Find(in TagList tags, string key)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == key)
                return tag.Value;
        }

        return null;
    }

    private readonly record struct Account(double Cost, long Tokens);
}
