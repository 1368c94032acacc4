using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StoreFlow.Features;
using StoreFlow.Features.Catalogue;
using StoreFlow.Features.ChangeStatus;
using StoreFlow.Features.Checkout;
using StoreFlow.Features.CorrectTracking;
using StoreFlow.Features.Health;
using StoreFlow.Features.ListOrders;
using StoreFlow.Features.OrderHistory;
using StoreFlow.Features.OverrideStatus;
using StoreFlow.Features.ShipOrder;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Everything that goes over the wire or into the audit log as JSON, described at compile time, so that no request
/// waits for reflection. Names, enums and instants are the business of <see cref="Json"/>.
/// </summary>
internal static class JsonTypes
{
    public static IJsonTypeInfoResolver All { get; } = JsonTypeInfoResolver.Combine(StaffJson.Default, CustomerJson.Default, CheckoutJson.Default);
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(ListOrdersModule.View), TypeInfoPropertyName = "Orders")]
[JsonSerializable(typeof(OrderHistoryModule.View), TypeInfoPropertyName = "History")]
[JsonSerializable(typeof(HealthModule.View), TypeInfoPropertyName = "Health")]
[JsonSerializable(typeof(StepBody))]
[JsonSerializable(typeof(ChangeStatusModule.Body), TypeInfoPropertyName = "ChangeStatus")]
[JsonSerializable(typeof(ShipOrderModule.Body), TypeInfoPropertyName = "ShipOrder")]
[JsonSerializable(typeof(CorrectTrackingModule.Body), TypeInfoPropertyName = "CorrectTracking")]
[JsonSerializable(typeof(OverrideStatusModule.Body), TypeInfoPropertyName = "OverrideStatus")]
[JsonSerializable(typeof(AuditMeta))]
[JsonSerializable(typeof(OrderCreated))]
[JsonSerializable(typeof(OrderStatusUpdated))]
[JsonSerializable(typeof(ShippingUpdated))]
internal sealed partial class StaffJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CustomerView))]
[JsonSerializable(typeof(CatalogueModule.View))]
[JsonSerializable(typeof(CustomerOrderStatusUpdated))]
[JsonSerializable(typeof(CustomerShippingUpdated))]
internal sealed partial class CustomerJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CheckoutBody))]
internal sealed partial class CheckoutJson : JsonSerializerContext;
