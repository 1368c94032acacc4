using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Push;

/// <summary>What a locked phone shows. No name, no code and no item: anybody may stand beside it.</summary>
internal static class PushTexts
{
    /// <summary>The sentence for an order that has got to a stage; null where nothing is told of it.</summary>
    public static string? Of(Stage stage, string reference) => stage switch
    {
        { IsCancelled: true } => $"Your order {reference} was cancelled.",
        { Sets: Timestamp.ReadyAt, Type: FulfilmentType.Pickup } => $"Your order {reference} is ready.",
        { Sets: Timestamp.ReadyAt, Type: FulfilmentType.Shipping } => $"Your order {reference} has shipped.",
        _ => null,
    };
}
