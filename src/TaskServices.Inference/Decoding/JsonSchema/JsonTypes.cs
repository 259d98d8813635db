namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>The types of JSON Schema as a set. <see cref="Number"/> holds the integers too.</summary>
[Flags]
internal enum JsonTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Number = 8 | Integer,
    String = 16,
    Array = 32,
    Object = 64,
    All = Null | Boolean | Number | String | Array | Object,
}
