using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StoreFlow.Features.Push;

/// <summary>
/// Encrypts a message for one browser, so that its push service cannot read it: RFC 8291, in one record of RFC 8188's aes128gcm.
/// </summary>
internal static class PushEncryption
{
    /// <summary>Bytes of a point of P-256 as browsers write it: 4, and both coordinates.</summary>
    public const int PointLength = 65;

    /// <summary>Bytes of the secret that browser and server share.</summary>
    public const int AuthLength = 16;

    private const int SaltLength = 16;
    private const int RecordSize = 4096;
    private const byte LastRecord = 2;

    /// <summary>The curve of all keys here.</summary>
    public static ECCurve Curve => ECCurve.NamedCurves.nistP256;

    /// <summary>Encrypts with a key and a salt that are used for this message only.</summary>
    public static byte[] Encrypt(byte[] message, byte[] p256dh, byte[] auth)
    {
        using var sender = ECDiffieHellman.Create(Curve);
        return Encrypt(message, p256dh, auth, sender, RandomNumberGenerator.GetBytes(SaltLength));
    }

    /// <summary>Encrypts with a given key and salt, as the vectors of RFC 8291 ask for.</summary>
    /// <param name="message">What the browser shall read.</param>
    /// <param name="p256dh">The browser's public key.</param>
    /// <param name="auth">The secret that the browser gave with it.</param>
    /// <param name="sender">The sender's key.</param>
    /// <param name="salt">16 bytes.</param>
    public static byte[] Encrypt(byte[] message, byte[] p256dh, byte[] auth, ECDiffieHellman sender, byte[] salt)
    {
        var senderPoint = PointOf(sender.ExportParameters(includePrivateParameters: false).Q);
        using var receiver = ECDiffieHellman.Create(ParametersOf(p256dh));
        var shared = sender.DeriveRawSecretAgreement(receiver.PublicKey);
        var input = Derive(shared, 32, auth, [.. "WebPush: info\0"u8, .. p256dh, .. senderPoint]);
        var key = Derive(input, 16, salt, "Content-Encoding: aes128gcm\0"u8);
        var nonce = Derive(input, 12, salt, "Content-Encoding: nonce\0"u8); // of the first record, which is the only one

        byte[] record = [.. message, LastRecord];
        var (encrypted, tag) = (new byte[record.Length], new byte[AesGcm.TagByteSizes.MaxSize]);
        using var aes = new AesGcm(key, tag.Length);
        aes.Encrypt(nonce, record, encrypted, tag);

        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, RecordSize);
        return [.. salt, .. size, PointLength, .. senderPoint, .. encrypted, .. tag];
    }

    /// <summary>Whether the bytes are a point of the curve.</summary>
    public static bool IsPoint(byte[] point)
    {
        if (point.Length != PointLength || point[0] != 4)
            return false;
        try
        {
            using var key = ECDiffieHellman.Create(ParametersOf(point));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>A point as browsers write it.</summary>
    public static byte[] PointOf(ECPoint point) => [4, .. point.X!, .. point.Y!];

    private static ECParameters ParametersOf(byte[] point) => new() { Curve = Curve, Q = new() { X = point[1..33], Y = point[33..] } };

    private static byte[] Derive(byte[] secret, int length, byte[] salt, ReadOnlySpan<byte> info)
    {
        var derived = new byte[length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, derived, salt, info);
        return derived;
    }
}
