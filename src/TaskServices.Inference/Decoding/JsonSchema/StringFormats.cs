namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>The formats as regexes (RFC 3339 for dates, RFC 9562 for UUIDs, RFC 2673 for IPv4).</summary>
internal static class StringFormats
{
    private const string MonthAndDay = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
    private const string LeapDay = "((1[0-9]|[2-8][0-9])(0[48]|[2468][048]|[13579][26])|([2468][048]|1[26])00)-02-29";

    // Years 1000 to 8999: every offset then stays within the years that date types hold.
    private const string Date = $"([1-8][0-9]{{3}}-{MonthAndDay}|{LeapDay})";
    private const string Time = @"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])";
    private const string Byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    /// <summary>Gets the regex of a format, or null where it is not known.</summary>
    public static string? Find(string format) => format switch
    {
        "date" => $"([1-9][0-9]{{3}}-{MonthAndDay}|{LeapDay})",
        "time" => Time,
        "date-time" => $"{Date}T{Time}",
        "uuid" => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "ipv4" => $@"{Byte}\.{Byte}\.{Byte}\.{Byte}",
        _ => null,
    };
}
