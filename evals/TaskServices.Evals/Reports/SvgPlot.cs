using System.Globalization;
using System.Net;
using System.Text;
using TaskServices.Evals.Metrics;
using TaskServices.Evals.Runs;

namespace TaskServices.Evals.Reports;

/// <summary>Draws the report's plots as inline SVG: shares from 0 to 1, nothing loaded from elsewhere.</summary>
internal static class SvgPlot
{
    private const int Size = 300;
    private const int Margin = 46;

    /// <summary>One bar a row with its 95 % interval.</summary>
    public static string Bars(IReadOnlyList<Rate> rates)
    {
        const int rowHeight = 22;
        const int left = 210;
        const int width = 380;
        var height = (rates.Count * rowHeight) + 24;
        var svg = Start(left + width + 110, height);
        for (var percent = 0; percent <= 100; percent += 25)
        {
            var x = left + (width * percent / 100);
            Add(svg, $"<line class='grid' x1='{x}' y1='0' x2='{x}' y2='{height - 18}'/><text class='axis' x='{x}' y='{height - 4}' text-anchor='middle'>{percent} %</text>");
        }

        for (var i = 0; i < rates.Count; i++)
        {
            var (rate, y) = (rates[i], i * rowHeight);
            var (low, high, middle) = (left + (width * rate.Wilson.Lower), left + (width * rate.Wilson.Upper), y + (rowHeight / 2));
            Add(svg, $"<text x='{left - 8}' y='{middle + 4}' text-anchor='end'>{WebUtility.HtmlEncode(rate.Name)}</text>");
            Add(svg, $"<rect class='bar' x='{left}' y='{y + 4}' width='{width * rate.Value:0.#}' height='{rowHeight - 8}'/>");
            Add(svg, $"<path class='whisker' d='M{low:0.#} {middle}H{high:0.#}M{low:0.#} {middle - 4}v8M{high:0.#} {middle - 4}v8'/>");
            Add(svg, $"<text x='{left + width + 8}' y='{middle + 4}'>{100 * rate.Value:0.0} % of {rate.Count}</text>");
        }

        return End(svg);
    }

    /// <summary>Risk over coverage.</summary>
    public static string RiskCoverage(IReadOnlyList<RiskCoveragePoint> curve)
    {
        var svg = Square("coverage (share answered)", "risk (share wrong)");
        var points = curve.Select(point => FormattableString.Invariant($"{X(point.Coverage):0.#},{Y(point.Risk):0.#}"));
        Add(svg, $"<polyline class='line' points='{string.Join(' ', points)}'/>");
        foreach (var point in curve.Where((_, i) => i % Math.Max(curve.Count / 50, 1) == 0))
            Add(svg, $"<circle class='dot' cx='{X(point.Coverage):0.#}' cy='{Y(point.Risk):0.#}' r='2.5'><title>threshold {point.Threshold:0.000}: coverage {point.Coverage:0.000}, risk {point.Risk:0.000}</title></circle>");
        return End(svg);
    }

    /// <summary>Accuracy over confidence, one dot a bin; on the diagonal the confidence means what it says.</summary>
    public static string Reliability(IReadOnlyList<CalibrationBin> bins)
    {
        var svg = Square("confidence", "share right");
        Add(svg, $"<line class='diagonal' x1='{X(0)}' y1='{Y(0)}' x2='{X(1)}' y2='{Y(1)}'/>");
        var largest = bins.Max(bin => bin.Count);
        foreach (var bin in bins)
        {
            var radius = 3 + (7 * Math.Sqrt((double)bin.Count / largest));
            Add(svg, $"<circle class='dot' cx='{X(bin.Confidence):0.#}' cy='{Y(bin.Accuracy):0.#}' r='{radius:0.#}'><title>{bin.Count} items: confidence {bin.Confidence:0.000}, right {bin.Accuracy:0.000}</title></circle>");
        }

        return End(svg);
    }

    private static StringBuilder Square(string xTitle, string yTitle)
    {
        var svg = Start(Size + Margin + 20, Size + Margin + 10);
        foreach (var share in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            Add(svg, $"<line class='grid' x1='{X(share)}' y1='{Y(0)}' x2='{X(share)}' y2='{Y(1)}'/><line class='grid' x1='{X(0)}' y1='{Y(share)}' x2='{X(1)}' y2='{Y(share)}'/>");
            Add(svg, $"<text class='axis' x='{X(share)}' y='{Y(0) + 14}' text-anchor='middle'>{share:0.##}</text><text class='axis' x='{X(0) - 5}' y='{Y(share) + 4}' text-anchor='end'>{share:0.##}</text>");
        }

        Add(svg, $"<text class='axis' x='{X(0.5)}' y='{Y(0) + 32}' text-anchor='middle'>{xTitle}</text>");
        Add(svg, $"<text class='axis' transform='translate(12 {Y(0.5)}) rotate(-90)' text-anchor='middle'>{yTitle}</text>");
        return svg;
    }

    private static double X(double share) => Margin + (Size * share);

    private static double Y(double share) => 8 + (Size * (1 - share));

    private static StringBuilder Start(int width, int height)
    {
        var svg = new StringBuilder();
        Add(svg, $"<svg role='img' width='{width}' height='{height}' viewBox='0 0 {width} {height}'>");
        return svg;
    }

    private static string End(StringBuilder svg) => svg.Append("</svg>").ToString();

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
