namespace B2D.Storage.Telemetry.Blocks;

/// <summary>How the values of one metric stand in a block. Stored: never renumbered.</summary>
internal enum ColumnForm : byte
{
    /// <summary>Decimals as integers, 21.37 as 2137.</summary>
    Decimals = 1,

    /// <summary>One number for all.</summary>
    OneNumber = 2,

    /// <summary>Numbers by exclusive or with the one before.</summary>
    Xor = 3,

    /// <summary>Numbers as they are.</summary>
    Numbers = 4,

    /// <summary>Booleans, a bit each.</summary>
    Bools = 5,

    /// <summary>One boolean for all: false.</summary>
    AllFalse = 6,

    /// <summary>One boolean for all: true.</summary>
    AllTrue = 7,

    /// <summary>A list of texts and the place of each in it.</summary>
    Texts = 8,

    /// <summary>Each with its own kind.</summary>
    Mixed = 9,
}
