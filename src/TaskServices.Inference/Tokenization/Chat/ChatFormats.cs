namespace TaskServices.Inference.Tokenization.Chat;

/// <summary>The chat formats of the supported model families, after the templates that the models are published with.</summary>
internal static class ChatFormats
{
    /// <summary>A model without a template: only the messages.</summary>
    public static readonly ChatSyntax Plain = new("plain") { Separator = "\n\n" };

    /// <summary>SmolLM2 and Qwen. The default system message differs by model and is read from its template.</summary>
    public static readonly ChatSyntax ChatMl = new("chatml")
    {
        Markers = ["<|im_start|>", "<|im_end|>"],
        Excludes = ["<|im_sep|>"],
        ControlTokens = ["<|im_start|>", "<|im_end|>"],
        System = new("<|im_start|>system\n", "<|im_end|>\n"),
        User = new("<|im_start|>user\n", "<|im_end|>\n"),
        Assistant = new("<|im_start|>assistant\n", "<|im_end|>\n"),
        GenerationPrompt = "<|im_start|>assistant\n",
    };

    /// <summary>Orca-2 is published without a template. Its model card ends the prompt without a line break.</summary>
    public static readonly ChatSyntax Orca2 = ChatMl with { Name = "orca-2", Markers = [], GenerationPrompt = "<|im_start|>assistant" };

    private static readonly ChatSyntax Llama3 = new("llama-3")
    {
        Markers = ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        Excludes = ["Cutting Knowledge Date"],
        ControlTokens = ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        Begin = "<|begin_of_text|>",
        System = new("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>", ContentTrim.Both),
        User = new("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>", ContentTrim.Both),
        Assistant = new("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>", ContentTrim.Both),
        GenerationPrompt = "<|start_header_id|>assistant<|end_header_id|>\n\n",
    };

    /// <summary>The date is the one that the published template falls back to, so that prompts do not change from day to day.</summary>
    private static readonly ChatSyntax Llama31 = Llama3 with
    {
        Name = "llama-3.1",
        Markers = [.. Llama3.Markers, "Cutting Knowledge Date: December 2023", "26 Jul 2024"],
        Excludes = [],
        System = Llama3.System with
        {
            Prefix = Llama3.System.Prefix + "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n",
        },
        DefaultSystemMessage = "",
    };

    private static readonly ChatSyntax Gemma = new("gemma")
    {
        Markers = ["<start_of_turn>", "<end_of_turn>"],
        ControlTokens = ["<bos>", "<start_of_turn>", "<end_of_turn>"],
        Begin = "<bos>",
        System = new("", "\n\n"),
        User = new("<start_of_turn>user\n", "<end_of_turn>\n", ContentTrim.Both),
        Assistant = new("<start_of_turn>model\n", "<end_of_turn>\n", ContentTrim.Both),
        GenerationPrompt = "<start_of_turn>model\n",
        SystemPlacement = SystemPlacement.FirstUserTurn,
    };

    /// <summary>
    /// The template has line breaks after these tokens, which the tokens swallow (<c>rstrip</c>), as they do a message's own.
    /// </summary>
    private static readonly ChatSyntax Phi3 = new("phi-3")
    {
        Markers = ["<|user|>", "<|end|>", "<|assistant|>"],
        ControlTokens = ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"],
        System = new("<|system|>", "<|end|>", ContentTrim.Start),
        User = new("<|user|>", "<|end|>", ContentTrim.Start),
        Assistant = new("<|assistant|>", "<|end|>", ContentTrim.Start),
        GenerationPrompt = "<|assistant|>",
    };

    private static readonly ChatSyntax Llama2 = new("llama-2")
    {
        Markers = ["<<SYS>>", "bos_token + '[INST] ' + content"],
        Excludes = ["true == true"], // Older templates that set a default system message of their own.
        ControlTokens = ["<s>", "</s>"],
        System = new("<<SYS>>\n", "\n<</SYS>>\n\n"),
        User = new("<s>[INST] ", " [/INST]", ContentTrim.Both),
        UserTrimAfterSystem = ContentTrim.End, // The template trims the turn as a whole.
        Assistant = new(" ", " </s>", ContentTrim.Both),
        SystemPlacement = SystemPlacement.FirstUserTurn,
    };

    private static readonly ChatSyntax Mistral = new("mistral")
    {
        Markers = ["'[INST] '", "' [/INST]'"],
        Excludes = ["<<SYS>>", "[AVAILABLE_TOOLS]", "[SYSTEM_PROMPT]", "eos_token + ' '"],
        ControlTokens = ["<s>", "</s>"],
        Begin = "<s>",
        System = new("", "\n\n"),
        User = new("[INST] ", " [/INST]"),
        Assistant = new("", "</s>"),
        SystemPlacement = SystemPlacement.FirstUserTurn,
    };

    /// <summary>The first Mistral-7B-Instruct, whose template has a space between turns.</summary>
    private static readonly ChatSyntax MistralV01 = Mistral with
    {
        Name = "mistral-v0.1",
        Markers = [.. Mistral.Markers, "eos_token + ' '"],
        Excludes = ["<<SYS>>", "[AVAILABLE_TOOLS]", "[SYSTEM_PROMPT]"],
        Assistant = new("", "</s> "),
    };

    private static readonly ChatSyntax MistralV1 = Mistral with
    {
        Name = "mistral-v1",
        Markers = ["' [INST] '", "' [/INST]'"],
        User = new(" [INST] ", " [/INST]"),
        Assistant = new(" ", "</s>"),
    };

    private static readonly ChatSyntax MistralV3 = Mistral with
    {
        Name = "mistral-v3",
        Markers = ["\"[INST] \"", "\"[/INST]\"", "[AVAILABLE_TOOLS]"],
        Excludes = ["[SYSTEM_PROMPT]"],
        ControlTokens = ["<s>", "</s>", "[INST]", "[/INST]"],
        User = new("[INST] ", "[/INST]"),
        Assistant = new(" ", "</s>", ContentTrim.Both),
        SystemPlacement = SystemPlacement.LastUserTurn,
    };

    private static readonly ChatSyntax MistralTekken = MistralV3 with
    {
        Name = "mistral-v3-tekken",
        Markers = ["\"[INST]\"", "\"[/INST]\"", "[AVAILABLE_TOOLS]"],
        User = new("[INST]", "[/INST]"),
        Assistant = new("", "</s>"),
    };

    private static readonly ChatSyntax DeepSeekCoder = new("deepseek-coder")
    {
        Markers = ["### Instruction:", "### Response:", "<|EOT|>"],
        ControlTokens = ["<｜begin▁of▁sentence｜>", "<|EOT|>"],
        Begin = "<｜begin▁of▁sentence｜>",
        User = new("### Instruction:\n", "\n"),
        Assistant = new("### Response:\n", "\n<|EOT|>\n"),
        GenerationPrompt = "### Response:\n",
        DefaultSystemMessage = "You are an AI programming assistant, utilizing the Deepseek Coder model, developed by Deepseek Company, "
            + "and you only answer questions related to computer science. For politically sensitive questions, security and privacy "
            + "issues, and other non-computer science questions, you will refuse to answer\n",
    };

    /// <summary>Phi-2 is published without a template. Its model card has questions in this form.</summary>
    private static readonly ChatSyntax Phi2 = new("phi-2")
    {
        System = new("", "\n"),
        User = new("Instruct: ", "\n"),
        Assistant = new("Output: ", "\n"),
        GenerationPrompt = "Output:",
    };

    /// <summary>Gets the formats that a template can be recognised as.</summary>
    public static IReadOnlyList<ChatSyntax> Recognizable { get; } =
        [ChatMl, Llama3, Llama31, Gemma, Phi3, Llama2, Mistral, MistralV01, MistralV1, MistralV3, MistralTekken, DeepSeekCoder];

    /// <summary>Gets every format, those included that no template has.</summary>
    public static IReadOnlyList<ChatSyntax> All { get; } = [.. Recognizable, Orca2, Phi2, Plain];
}
