using System.Text;
using System.Text.Json;
using CsCheck;
using Json.Schema;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Decoding.JsonSchema;

namespace TaskServices.Inference.Tests.Decoding.JsonSchema;

public sealed class JsonSchemaGrammarTests
{
    private static readonly FakeTokenizer Tokenizer = new(
        "{\"", "\":", "\":\"", "\",\"", ",\"", "\"}", "},{", "[]", "true", "false", "null", "12", "123", "0.", "é", "日本", "😀", "\\n", "\\\"", "\\u00", "-", "20", "202", "T1", "Z\"",
        "name", "name\":", "id\":", "abc", "  ");

    public static TheoryData<string> Schemas =>
    [
        """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":130}},"required":["name"],"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"boolean"},"c":{"type":"number"}},"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{"const":1},"ab":{"const":2},"é\"\\":{"const":3}},"required":["ab"],"additionalProperties":{"type":"integer"}}""",
        """{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":true}""",
        """{"type":"object","additionalProperties":{"type":["integer","null"]}}""",
        """{"type":"object"}""",
        """{"type":"array","items":{"type":"string","maxLength":3},"minItems":2,"maxItems":4}""",
        """{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"items":false,"minItems":1}""",
        """{"type":"array","prefixItems":[{"type":"integer"},{"type":"boolean"}],"items":{"type":"null"},"minItems":3,"maxItems":5}""",
        """{"type":"array","maxItems":0}""",
        """{"enum":["a","b\"c",1.5,null,{"x":[1,2]},"日本"]}""",
        """{"type":"string","enum":["a",1,"b"]}""",
        """{"type":"string","pattern":"^[A-Z]{2}-[0-9]{3,}$"}""",
        """{"type":"string","pattern":"b|^c"}""",
        """{"type":"string","pattern":"^\\S+\\s\\w\\W\\D.$"}""",
        """{"type":"string","pattern":"^[^a-z]*$","minLength":1,"maxLength":4}""",
        """{"type":"string","pattern":"^\"\\\\/\\n[\\x00-\\x22]$"}""",
        """{"type":"string","format":"date"}""",
        """{"type":"string","format":"date-time"}""",
        """{"type":"string","format":"time"}""",
        """{"type":"string","format":"uuid"}""",
        """{"type":"string","format":"ipv4"}""",
        """{"type":"integer"}""",
        """{"type":"integer","minimum":-17,"exclusiveMaximum":1024}""",
        """{"type":"integer","minimum":95}""",
        """{"type":"integer","maximum":-3.5}""",
        """{"type":"integer","minimum":12345678901234567890,"maximum":12345678901234567999}""",
        """{"type":"number","minimum":0.25,"maximum":1.5}""",
        """{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}""",
        """{"type":"number","minimum":-2.75,"exclusiveMaximum":3}""",
        """{"type":"number","exclusiveMinimum":-1,"maximum":-0.5}""",
        """{"type":"number","exclusiveMinimum":12.34}""",
        """{"type":"number","minimum":7,"maximum":7}""",
        """{"anyOf":[{"type":"string","maxLength":2},{"type":"integer"}]}""",
        """{"oneOf":[{"type":"null"},{"type":"object","properties":{"kind":{"const":"x"}},"required":["kind"]}]}""",
        """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"anyOf":[{"required":["a"]},{"required":["b"]}],"additionalProperties":false}""",
        """{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}}},{"properties":{"b":{"type":"string"}},"required":["a","b"]}]}""",
        """{"allOf":[{"type":["integer","string"]},{"type":"number"}],"minimum":3}""",
        """{"$defs":{"node":{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/node"}]}},"required":["v","next"],"additionalProperties":false}},"$ref":"#/$defs/node"}""",
        """{"type":"object","properties":{"children":{"type":"array","items":{"$ref":"#"}}},"additionalProperties":false}""",
        """{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"a/b~c":{"type":"boolean"}},"type":"array","items":{"$ref":"#/definitions/a~1b~0c"}}""",
        """{"type":["string","null","boolean"]}""",
        """{"properties":{"x":true,"y":false},"required":["x","z"]}""",
        "true",
        "{}",
    ];

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Write_RandomCompletions_AllValidate(string schema)
    {
        var bound = new TokenGrammar(Grammar.Parse(JsonSchemaGrammar.Write(schema)), Tokenizer);
        var validator = Json.Schema.JsonSchema.FromText(schema);
        var options = new EvaluationOptions { RequireFormatValidation = true };
        Gen.Select(Gen.Int, Gen.Int[0, 60]).Sample((seed, slack) =>
        {
            var tokens = RandomCompletion.Generate(bound, new Random(seed), bound.ShortestCompletionTokens + slack);
            var text = Encoding.UTF8.GetString(RandomCompletion.Bytes(Tokenizer, tokens));
            using var document = JsonDocument.Parse(text);
            Assert.True(validator.Evaluate(document.RootElement, options).IsValid, text);
        }, iter: 40, threads: 1);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name"]}""", """{"name":"Zoë \"Z\"","age":41}""", """{"age":41}""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{},"c":{}}}""", """{"a":1,"c":[{"x":null}]}""", """{"c":1,"a":1}""")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":1}""", "[1,-2,0]", "[]")]
    [InlineData("""{"type":"string","pattern":"lo w"}""", "\"hello world\"", "\"hello  world\"")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2028-02-29\"", "\"2027-02-29\"")]
    [InlineData("""{"type":"integer","minimum":-5,"maximum":1234}""", "1234", "1235")]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":99.5}""", "99.5", "99.51")]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":99.5}""", "0.5", "0.4999")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":{"type":"string"}}""", """{"a":1,"aa":"x","":"y"}""", """{"a":1,"a":"x"}""")]
    [InlineData("""{"$ref":"#/$defs/t","$defs":{"t":{"type":"array","items":{"$ref":"#/$defs/t"}}}}""", "[[],[[]]]", "[1]")]
    public void Write_ValidAndInvalidText_TellsThemApart(string schema, string valid, string invalid)
    {
        var grammar = Grammar.Parse(JsonSchemaGrammar.Write(schema));

        Assert.True(grammar.Accepts(valid));
        Assert.False(grammar.Accepts(invalid));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"not":{}}}}""", "JSON_SCHEMA_UNSUPPORTED", "#/properties/a/not")]
    [InlineData("""{"if":{},"then":{}}""", "JSON_SCHEMA_UNSUPPORTED", "#/if")]
    [InlineData("""{"x-mine":1}""", "JSON_SCHEMA_UNSUPPORTED", "#/x-mine")]
    [InlineData("""{"type":"object","patternProperties":{"^a":{}}}""", "JSON_SCHEMA_UNSUPPORTED", "#/patternProperties")]
    [InlineData("""{"type":"array","uniqueItems":true}""", "JSON_SCHEMA_UNSUPPORTED", "#/uniqueItems")]
    [InlineData("""{"type":"string","format":"email"}""", "JSON_SCHEMA_UNSUPPORTED", "#/format")]
    [InlineData("""{"type":"string","pattern":"(?=a)b"}""", "JSON_SCHEMA_UNSUPPORTED", "#/pattern")]
    [InlineData("""{"type":"string","pattern":"a/b(c"}""", "JSON_SCHEMA_UNSUPPORTED", "#/pattern")]
    [InlineData("""{"items":{"multipleOf":3}}""", "JSON_SCHEMA_UNSUPPORTED", "#/items/multipleOf")]
    [InlineData("""{"$ref":"other.json"}""", "JSON_SCHEMA_UNSUPPORTED", "#/$ref")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "JSON_SCHEMA_INVALID", "#/$ref")]
    [InlineData("""{"anyOf":[{"$ref":"#"},{"type":"string"}]}""", "JSON_SCHEMA_INVALID", "#/anyOf/0/$ref")]
    [InlineData("""{"type":"strnig"}""", "JSON_SCHEMA_INVALID", "#/type")]
    [InlineData("""{"type":"string","minLength":-1}""", "JSON_SCHEMA_INVALID", "#/minLength")]
    [InlineData("""{"type":"string","type":"integer"}""", "JSON_SCHEMA_INVALID", "#/type")]
    [InlineData("""{"properties":[1]}""", "JSON_SCHEMA_INVALID", "#/properties")]
    [InlineData("""{"prefixItems":{}}""", "JSON_SCHEMA_INVALID", "#/prefixItems")]
    [InlineData("""{"prefixItems":{},"items":{}}""", "JSON_SCHEMA_INVALID", "#/prefixItems")]
    [InlineData("[1]", "JSON_SCHEMA_INVALID", "#")]
    [InlineData("{", "JSON_SCHEMA_INVALID", "line 1")]
    [InlineData("false", "JSON_SCHEMA_UNSATISFIABLE", "#")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":4}""", "JSON_SCHEMA_UNSATISFIABLE", "#")]
    [InlineData("""{"type":"number","exclusiveMinimum":5,"maximum":5}""", "JSON_SCHEMA_UNSATISFIABLE", "#")]
    [InlineData("""{"type":"string","enum":[1,2]}""", "JSON_SCHEMA_UNSATISFIABLE", "#")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"null"}]}""", "JSON_SCHEMA_UNSATISFIABLE", "#")]
    [InlineData("""{"properties":{"a":false},"required":["a"]}""", "JSON_SCHEMA_UNSATISFIABLE", "#/properties/a")]
    [InlineData("""{"required":["a"],"additionalProperties":false}""", "JSON_SCHEMA_UNSATISFIABLE", "#")]
    public void Write_SchemaOutsideTheSubset_NamesReasonAndPointer(string schema, string reason, string place)
    {
        var error = Assert.Throws<GrammarException>(() => JsonSchemaGrammar.Write(schema));

        Assert.Equal(reason, error.Reason);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Write_RecursionWithoutEnd_IsRefusedByTheGrammar()
    {
        var text = JsonSchemaGrammar.Write("""{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}""");

        Assert.Equal("GRAMMAR_INVALID", Assert.Throws<GrammarException>(() => Grammar.Parse(text)).Reason);
    }

    [Fact]
    public void Write_RandomBounds_AcceptExactlyTheIntegersBetweenThem()
    {
        Gen.Select(Gen.Int[-1200, 1200], Gen.Int[0, 900], Gen.Bool, Gen.Bool).Sample((low, span, excludesLow, excludesHigh) =>
        {
            var high = low + span + 2;
            var grammar = Grammar.Parse(JsonSchemaGrammar.Write(
                $$"""{"type":"integer","{{(excludesLow ? "exclusiveMinimum" : "minimum")}}":{{low}},"{{(excludesHigh ? "exclusiveMaximum" : "maximum")}}":{{high}}}"""));
            for (var value = low - 150; value <= high + 150; value++)
            {
                var isInside = value >= low && value <= high && !(excludesLow && value == low) && !(excludesHigh && value == high);
                Assert.Equal(isInside, grammar.Accepts(value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            }
        }, iter: 30);
    }

    [Fact]
    public void Write_RandomDecimalBounds_AcceptExactlyTheNumbersBetweenThem()
    {
        var decimals = Gen.Select(Gen.Int[-3000, 3000], Gen.Int[0, 3]).Select((units, scale) => units / (decimal)Math.Pow(10, scale));
        Gen.Select(decimals, decimals, decimals.Array[200], Gen.Bool, Gen.Bool).Where((one, other, _, _, _) => one != other)
            .Sample((one, other, values, excludesLow, excludesHigh) =>
            {
                var (low, high) = (Math.Min(one, other), Math.Max(one, other));
                string Text(decimal value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
                var grammar = Grammar.Parse(JsonSchemaGrammar.Write(
                    $$"""{"type":"number","{{(excludesLow ? "exclusiveMinimum" : "minimum")}}":{{Text(low)}},"{{(excludesHigh ? "exclusiveMaximum" : "maximum")}}":{{Text(high)}}}"""));
                foreach (var value in values.Append(low).Append(high))
                {
                    var isInside = value >= low && value <= high && !(excludesLow && value == low) && !(excludesHigh && value == high);

                    Assert.Equal(isInside, grammar.Accepts(value.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture)));
                    if (!isInside)
                    {
                        Assert.False(grammar.Accepts(value.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture)));
                    }
                }
            }, iter: 100);
    }

    [Fact]
    public void Write_Lengths_CountCodePoints()
    {
        // The validator counts grapheme clusters, where the standard counts code points.
        var bound = new TokenGrammar(Grammar.Parse(JsonSchemaGrammar.Write("""{"type":"string","minLength":2,"maxLength":5}""")), Tokenizer);
        Gen.Int.Sample(seed =>
        {
            var text = Encoding.UTF8.GetString(RandomCompletion.Bytes(Tokenizer, RandomCompletion.Generate(bound, new Random(seed), 40)));
            Assert.InRange(JsonSerializer.Deserialize<string>(text)!.EnumerateRunes().Count(), 2, 5);
        }, iter: 300);
    }

    [Fact]
    public void Write_ManyOptionalProperties_StaysSmall()
    {
        var properties = string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""  "property_{{i}}":{"type":"integer"} """));

        var grammar = Grammar.Parse(JsonSchemaGrammar.Write($$"""{"type":"object","properties":{{{properties}}},"additionalProperties":false}"""));

        Assert.True(grammar.Accepts("""{"property_3":1,"property_77":2,"property_499":3}"""));
        Assert.False(grammar.Accepts("""{"property_77":2,"property_3":1}"""));
    }
}
