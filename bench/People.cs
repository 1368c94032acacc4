namespace StoreFlow.Bench;

/// <summary>Customers' names, made of syllables: as many different ones as a search needs to be a search.</summary>
internal static class People
{
    private static readonly string[] Starts = ["Ka", "Mi", "No", "Sa", "Te", "Lu", "Ra", "El", "Jo", "Vi", "Da", "Pe", "Hu", "Be", "Ga", "Or"];
    private static readonly string[] Middles = ["ra", "li", "no", "ve", "sta", "mi", "do", "ku", "re", "la", "che", "bi", "to", "wa", "ne", "ssi"];
    private static readonly string[] Ends = ["n", "s", "rt", "lla", "ck", "ma", "va", "ng", "th", "sen", "ro", "di", "x", "mann", "que", "ssa"];

    public static string Name(Random random) => $"{Pick(random, Starts)}{Pick(random, Ends)} {LastName(random)}";

    public static string LastName(Random random) => $"{Pick(random, Starts)}{Pick(random, Middles)}{Pick(random, Middles)}{Pick(random, Ends)}";

    private static string Pick(Random random, string[] of) => of[random.Next(of.Length)];
}
