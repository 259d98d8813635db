namespace TaskServices.ServiceDefaults.Errors;

/// <summary>Collects every bad field of a request, so that a client learns of all of them at once.</summary>
public sealed class FieldViolations
{
    private readonly List<FieldViolation> _violations = [];

    /// <summary>Notes the field unless the condition holds.</summary>
    public void Require(bool condition, string field, string description)
    {
        if (!condition)
        {
            _violations.Add(new FieldViolation(field, description));
        }
    }

    /// <exception cref="InvalidFieldsException">A field was bad.</exception>
    public void ThrowIfAny()
    {
        if (_violations.Count > 0)
        {
            throw new InvalidFieldsException(_violations);
        }
    }
}

/// <summary>A request with bad fields.</summary>
public sealed class InvalidFieldsException(IReadOnlyList<FieldViolation> violations)
    : Exception("Bad fields: " + string.Join("; ", violations.Select(violation => $"{violation.Field} {violation.Description}")) + ".")
{
    public IReadOnlyList<FieldViolation> Violations { get; } = violations;
}
