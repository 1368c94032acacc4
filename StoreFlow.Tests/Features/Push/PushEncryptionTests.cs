using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using StoreFlow.Features.Push;

namespace StoreFlow.Tests.Features.Push;

/// <summary>The encryption gives what RFC 8291 gives for its own example.</summary>
public sealed class PushEncryptionTests
{
    // RFC 8291, section 5 and appendix A.
    private const string Message = "When I grow up, I want to be a watermelon";
    private const string SenderPrivate = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    private const string SenderPublic =
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    private const string BrowserPublic =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    private const string Auth = "BTBZMqHH6r4Tts7J_aSIgg";
    private const string Salt = "DGv6ra1nlYgDCS1FRnbzlw";
    private const string Body =
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6"
        + "cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    [Fact]
    public void The_example_of_the_RFC_comes_out_byte_for_byte()
    {
        var point = Bytes(SenderPublic);
        using var sender = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = point[1..33], Y = point[33..] },
            D = Bytes(SenderPrivate),
        });
        var body = PushEncryption.Encrypt(Encoding.UTF8.GetBytes(Message), Bytes(BrowserPublic), Bytes(Auth), sender, Bytes(Salt));
        Assert.Equal(Body, Base64Url.EncodeToString(body));
    }

    [Fact]
    public void Each_message_has_a_key_and_a_salt_of_its_own_and_a_browser_reads_it()
    {
        using var browser = new Browser("http://push.example");
        var message = Encoding.UTF8.GetBytes("""{"body":"Ihre Bestellung für Zoë ist fertig 🍞"}""");
        var bodies = Enumerable.Range(0, 3)
            .Select(_ => PushEncryption.Encrypt(message, Bytes(browser.P256dh), Bytes(browser.Auth))).ToList();
        Assert.All(bodies, body => Assert.Equal("Ihre Bestellung für Zoë ist fertig 🍞", browser.Read(body).Text("body")));
        Assert.Equal(3, bodies.Select(body => Convert.ToHexString(body[..16])).Distinct().Count());
        Assert.Equal(3, bodies.Select(body => Convert.ToHexString(body[21..86])).Distinct().Count());

        using var other = new Browser("http://push.example");
        Assert.ThrowsAny<CryptographicException>(() => other.Read(bodies[0]));
        bodies[0][^20] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => browser.Read(bodies[0]));
    }

    [Fact]
    public void A_key_is_a_point_of_the_curve()
    {
        var point = Bytes(BrowserPublic);
        Assert.True(PushEncryption.IsPoint(point));
        Assert.False(PushEncryption.IsPoint(point[..64]));
        Assert.False(PushEncryption.IsPoint([2, .. point[1..]]));
        Assert.False(PushEncryption.IsPoint([.. point[..64], (byte)(point[64] ^ 1)]));
        Assert.False(PushEncryption.IsPoint([4, .. new byte[64]]));
    }

    private static byte[] Bytes(string text) => Base64Url.DecodeFromChars(text);
}
