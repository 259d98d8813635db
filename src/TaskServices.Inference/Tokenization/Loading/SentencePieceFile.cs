using Google.Protobuf;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Reads a SentencePiece <c>tokenizer.model</c> (protobuf; sentencepiece_model.proto), of which a few fields matter.</summary>
internal static class SentencePieceFile
{
    private const int MaxBytes = 64 << 20;

    // Field numbers with their wire types, as protobuf writes them.
    private const uint Pieces = (1 << 3) | 2, Trainer = (2 << 3) | 2, Normalizer = (3 << 3) | 2;
    private const uint PieceText = (1 << 3) | 2, PieceScore = (2 << 3) | 5, PieceType = 3 << 3;
    private const uint ModelType = 3 << 3, SpaceAsSuffix = 24 << 3, BosId = 41 << 3, EosId = 42 << 3;
    private const uint CharacterMap = (2 << 3) | 2, DummyPrefix = 3 << 3, ExtraSpaces = 4 << 3, EscapeSpaces = 5 << 3;
    private const int BpeModel = 2;

    public static BpeTokenizer Load(string path)
    {
        var file = new Fields(path);
        try
        {
            Read(new CodedInputStream(BoundedFile.Read(path, MaxBytes)), file);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or System.IO.IOException)
        {
            throw TokenizerErrors.Invalid(path, "file", $"not a SentencePiece model: {e.Message.ReplaceLineEndings(" ")}", e);
        }

        if (file.Tokens.Count == 0)
            throw TokenizerErrors.Invalid(path, "pieces", "the vocabulary is empty; this is not a SentencePiece model");
        if (file.ModelType != BpeModel)
            throw TokenizerErrors.Unsupported(path, "trainer_spec.model_type", $"type {file.ModelType}; only BPE, type 2,");

        var controls = ControlTokens.In(file.Tokens);
        int? bos = controls.ContainsValue(file.BosId) ? file.BosId : null;
        var special = ModelDirectoryTokens.Read(path, file.Tokens, bos, controls);
        if (controls.ContainsValue(file.EosId))
            special = special with { EndTokenIds = ControlTokens.EndTokens([.. special.EndTokenIds, file.EosId], controls) };
        return new SentencePieceModel(file.Tokens, [.. file.Scores], file.AddsPrefix, file.RemovesExtraSpaces).Build(special);
    }

    private static void Read(CodedInputStream input, Fields file)
    {
        while (input.ReadTag() is var tag && tag != 0)
        {
            switch (tag)
            {
                case Pieces:
                    ReadPiece(input.ReadBytes().CreateCodedInput(), file);
                    break;
                case Trainer:
                    ReadTrainer(input.ReadBytes().CreateCodedInput(), file);
                    break;
                case Normalizer:
                    ReadNormalizer(input.ReadBytes().CreateCodedInput(), file);
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private static void ReadPiece(CodedInputStream input, Fields file)
    {
        var (text, score, type) = ("", 0f, 1);
        while (input.ReadTag() is var tag && tag != 0)
        {
            switch (tag)
            {
                case PieceText:
                    text = input.ReadString();
                    break;
                case PieceScore:
                    score = input.ReadFloat();
                    break;
                case PieceType:
                    type = input.ReadInt32();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        PieceList.Add(file.Tokens, file.Scores, text, score, type);
    }

    private static void ReadTrainer(CodedInputStream input, Fields file)
    {
        while (input.ReadTag() is var tag && tag != 0)
        {
            switch (tag)
            {
                case ModelType:
                    file.ModelType = input.ReadInt32();
                    break;
                case SpaceAsSuffix when input.ReadBool():
                    throw TokenizerErrors.Unsupported(
                        file.Tokens.File, "trainer_spec.treat_whitespace_as_suffix", "a space mark behind words");
                case SpaceAsSuffix:
                    break;
                case BosId:
                    file.BosId = input.ReadInt32();
                    break;
                case EosId:
                    file.EosId = input.ReadInt32();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private static void ReadNormalizer(CodedInputStream input, Fields file)
    {
        while (input.ReadTag() is var tag && tag != 0)
        {
            switch (tag)
            {
                case CharacterMap when input.ReadBytes().Length > 0:
                    throw TokenizerErrors.Unsupported(file.Tokens.File, "normalizer_spec.precompiled_charsmap", "a character map");
                case CharacterMap:
                    break;
                case DummyPrefix:
                    file.AddsPrefix = input.ReadBool();
                    break;
                case ExtraSpaces:
                    file.RemovesExtraSpaces = input.ReadBool();
                    break;
                case EscapeSpaces when !input.ReadBool():
                    throw TokenizerErrors.Unsupported(
                        file.Tokens.File, "normalizer_spec.escape_whitespaces", "a vocabulary without space marks");
                case EscapeSpaces:
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    /// <summary>What was read, with the defaults of sentencepiece_model.proto.</summary>
    private sealed class Fields(string path)
    {
        public TokenTable Tokens { get; } = new(path);

        public List<float> Scores { get; } = [];

        public int ModelType { get; set; } = 1;

        public int BosId { get; set; } = 1;

        public int EosId { get; set; } = 2;

        public bool AddsPrefix { get; set; } = true;

        public bool RemovesExtraSpaces { get; set; } = true;
    }
}
