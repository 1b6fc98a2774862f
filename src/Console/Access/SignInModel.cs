namespace B2D.Console.Access;

/// <summary>What the sign-in page shows. <paramref name="Problem"/>: why the last attempt failed; empty for none.</summary>
public sealed record SignInModel(string Back, string Name, string Problem);
