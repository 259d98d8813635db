using TaskServices.Evals.Metrics;

namespace TaskServices.Evals.Tests.Metrics;

public sealed class CellValueTests
{
    /// <summary>Expected texts are Python's <c>str(float)</c>.</summary>
    [Theory]
    [InlineData(1.0, "1.0")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(0.0, "0.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001234, "1.234e-05")]
    [InlineData(123456.75, "123456.75")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1234567890123456.0, "1234567890123456.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1.5e300, "1.5e+300")]
    [InlineData(double.PositiveInfinity, "inf")]
    public void SortKey_Float_IsPythonText(double number, string expected) =>
        Assert.Equal(expected + "<class 'float'>", CellValue.SortKey(number));

    [Fact]
    public void SortKey_OtherTypes_CarryPythonTypeNames()
    {
        Assert.Equal("None<class 'NoneType'>", CellValue.SortKey(null));
        Assert.Equal("7<class 'int'>", CellValue.SortKey(7L));
        Assert.Equal("x<class 'str'>", CellValue.SortKey("x"));
    }
}
