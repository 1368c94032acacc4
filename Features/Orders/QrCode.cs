using Microsoft.AspNetCore.Components;
using QRCoder;

namespace StoreFlow.Features.Orders;

/// <summary>A QR code as SVG, dark on white also where the page is dark: scanners need that.</summary>
internal static class QrCode
{
    public static MarkupString Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        // Squares only: no text from outside becomes markup.
        return new(code.GetGraphic(4, "#000", "#fff", drawQuietZones: false, SvgQRCode.SizingMode.ViewBoxAttribute));
    }
}
