using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StoreFlow.Features.Orders;

/// <summary>
/// The customer's only key to an order: 128 random bits as 26 characters of Crockford base32 (section 12, privacy note).
/// </summary>
public static class PublicId
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;

    /// <summary>A new one, unguessable.</summary>
    public static string New()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        // Two zero bits fill up the last character, not the first: all of the spoken reference is random.
        var bits = BinaryPrimitives.ReadUInt128BigEndian(random);
        return string.Create(Length, bits, static (text, bits) =>
        {
            text[Length - 1] = Alphabet[(int)(bits & 7) << 2];
            bits >>= 3;
            for (var i = Length - 2; i >= 0; i--, bits >>= 5)
                text[i] = Alphabet[(int)(bits & 31)];
        });
    }

    /// <summary>
    /// What was meant when a person typed or read it out: upper case, without dashes and spaces, <c>O</c> for zero,
    /// <c>I</c> and <c>L</c> for one. Null where that leaves a character no id has.
    /// </summary>
    public static string? Normalise(string typed)
    {
        var text = typed.Replace("-", "").Replace(" ", "").ToUpperInvariant().Replace('O', '0').Replace('I', '1').Replace('L', '1');
        return text.Length is > 0 and <= Length && text.All(Alphabet.Contains) ? text : null;
    }

    /// <summary>What people say: the first eight characters, as <c>ABCD-1234</c>.</summary>
    public static string Reference(string publicId) => $"{publicId[..4]}-{publicId[4..8]}";
}
