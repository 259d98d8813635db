using System.Collections;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Tests.Records;

/// <summary>Records for tests.</summary>
internal static class Samples
{
    /// <summary>Fills every property of the record and of all below with a value that differs from its default.</summary>
    public static InvoiceRecord Full()
    {
        var count = 0;
        return (InvoiceRecord)Make(typeof(InvoiceRecord), ref count);
    }

    /// <summary>A value as a reader gives it.</summary>
    public static FieldValue<T> Leaf<T>(T value, ValueSource source = ValueSource.Ocr) => new() { Value = value, RawText = "printed", Source = source, Confidence = 0.9 };

    /// <summary>An amount in euros.</summary>
    public static FieldValue<Money> Euro(decimal amount) => Leaf(new Money(amount, "EUR"));

    private static object Make(Type type, ref int count)
    {
        count++;
        var real = Nullable.GetUnderlyingType(type) ?? type;
        if (real == typeof(string))
        {
            return $"text {count} ä\n\"€\"";
        }

        if (real == typeof(decimal))
        {
            return count / 100m;
        }

        if (real.IsEnum)
        {
            return Enum.GetValues(real).GetValue(Enum.GetValues(real).Length - 1)!;
        }

        if (real.IsPrimitive)
        {
            return real == typeof(bool) ? true : Convert.ChangeType(count % 100, real, System.Globalization.CultureInfo.InvariantCulture);
        }

        if (real == typeof(DateOnly))
        {
            return new DateOnly(2000, 1, 1).AddDays(count);
        }

        if (real == typeof(double[]))
        {
            return new[] { 1.5, count };
        }

        if (real.IsGenericType && real.IsAssignableTo(typeof(IEnumerable)))
        {
            var item = real.GetGenericArguments()[0];
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
            list.Add(Make(item, ref count));
            list.Add(Make(item, ref count));
            return list;
        }

        var constructor = real.GetConstructors().OrderByDescending(one => one.GetParameters().Length).First();
        var arguments = new List<object>();
        foreach (var parameter in constructor.GetParameters())
        {
            arguments.Add(Make(parameter.ParameterType, ref count));
        }

        var made = constructor.Invoke([.. arguments]);
        foreach (var property in real.GetProperties().Where(property => property.CanWrite && arguments.Count == 0))
        {
            property.SetValue(made, Make(property.PropertyType, ref count));
        }

        if (made is RuleVerdict verdict)
        {
            made = verdict with { Detail = "detail", Reason = ReviewReason.ArithmeticFail };
        }

        return made;
    }
}
