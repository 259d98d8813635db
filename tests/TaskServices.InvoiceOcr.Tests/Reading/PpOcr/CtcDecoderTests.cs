using TaskServices.InvoiceOcr.Reading.PpOcr;

namespace TaskServices.InvoiceOcr.Tests.Reading.PpOcr;

public sealed class CtcDecoderTests
{
    // Classes: blank, 1, 7, point, space.
    private static readonly CtcDecoder Decoder = new(new CharacterSet(["1", "7", "."]));

    [Fact]
    public void Decode_RepeatedSteps_AreOneCharacterUnlessABlankIsBetween()
    {
        var line = Decode([0, 0.9f, 0, 0, 0.1f], [0, 0.8f, 0.2f, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 1]);

        Assert.Equal("11 ", string.Concat(line.Characters.Select(character => character.Text)));
        Assert.Equal([0, 3, 4], line.Characters.Select(character => character.Step));
        Assert.Equal((0.9 + 1 + 1) / 3, line.Score, 5);
    }

    [Fact]
    public void Decode_DoubtfulDigit_KeepsWhatElseItMayBe()
    {
        var reading = Decode([0.05f, 0.6f, 0.35f, 0, 0]).Characters.Single().Reading;

        Assert.Equal(0.6f, reading.Probability);
        Assert.Equal([new("7", 0.35f), new("", 0.05f)], reading.Alternatives);
    }

    [Fact]
    public void Decode_PointThatLostToTheBlank_IsAnAlternativeOfTheCharacterBefore()
    {
        var line = Decode([0, 1, 0, 0, 0], [0.7f, 0, 0, 0.3f, 0], [0, 0, 1, 0, 0]);

        Assert.Equal("17", string.Concat(line.Characters.Select(character => character.Text)));
        Assert.Equal([new("1.", 0.3f)], line.Characters[0].Reading.Alternatives);
    }

    private static DecodedLine Decode(params float[][] steps) => Decoder.Decode(steps.SelectMany(step => step).ToArray(), steps.Length);
}
