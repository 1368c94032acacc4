using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Push;

/// <summary>What a locked phone shows. No name, no code and no item: anybody may stand beside it.</summary>
internal static class PushTexts
{
    /// <summary>The sentence for an order that has got to a stage; null where nothing is told of it.</summary>
    public static string? Of(Stage stage, string reference, Language language) => stage switch
    {
        { IsCancelled: true } => language.Text("push.cancelled", reference),
        { Sets: Timestamp.ReadyAt, Type: FulfilmentType.Pickup } => language.Text("push.ready", reference),
        { Sets: Timestamp.ReadyAt, Type: FulfilmentType.Shipping } => language.Text("push.shipped", reference),
        _ => null,
    };
}
