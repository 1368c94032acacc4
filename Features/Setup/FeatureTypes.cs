using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StoreFlow.Features.AcceptOrder;
using StoreFlow.Features.CancelOrder;
using StoreFlow.Features.Catalogue;
using StoreFlow.Features.ChangePromise;
using StoreFlow.Features.ChangeStatus;
using StoreFlow.Features.Checkout;
using StoreFlow.Features.CompleteOrder;
using StoreFlow.Features.CorrectTracking;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Emails;
using StoreFlow.Features.Figures;
using StoreFlow.Features.Health;
using StoreFlow.Features.ListOrders;
using StoreFlow.Features.ManagePeople;
using StoreFlow.Features.ManageProducts;
using StoreFlow.Features.ManageShippingMethods;
using StoreFlow.Features.ManageStores;
using StoreFlow.Features.ManageTokens;
using StoreFlow.Features.MarkReady;
using StoreFlow.Features.MerchantLogs;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.OrderHistory;
using StoreFlow.Features.Orders;
using StoreFlow.Features.OverrideStatus;
using StoreFlow.Features.Printers;
using StoreFlow.Features.Privacy;
using StoreFlow.Features.Push;
using StoreFlow.Features.ShipOrder;
using StoreFlow.Features.SignIn;
using StoreFlow.Features.StoreService;
using StoreFlow.Features.ToMake;
using StoreFlow.Features.Webhooks;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Setup;

/// <summary>
/// Tells the infrastructure about the features' types: enums of the database, and all that is sent or kept as JSON.
/// </summary>
internal static class FeatureTypes
{
    // The settings are process-wide, and server, commands and tests need them before their first query.
    [ModuleInitializer]
    internal static void Register()
    {
        DapperSetup.AddEnum<OrderStatus>();
        DapperSetup.AddEnum<FulfilmentType>();
        DapperSetup.AddEnum<ShippingStatus>();
        DapperSetup.AddEnum<AuditAction>();
        DapperSetup.AddEnum<Timestamp>();
        DapperSetup.AddEnum<CancelReason>();
        DapperSetup.AddEnum<OrderSource>();
        DapperSetup.AddEnum<SubjectKind>();
        DapperSetup.AddEnum<LogAction>();
        DapperSetup.AddEnum<DestinationKind>();
        DapperSetup.AddEnum<DeliveryStatus>();
        DapperSetup.AddEnum<PrintsOn>();
        DapperSetup.AddEnum<EmailKind>();
        Infrastructure.Json.AddTypes(Json);
    }

    /// <summary>All that is sent or kept as JSON, described at compile time, so that no request waits for reflection.</summary>
    public static IJsonTypeInfoResolver Json { get; } =
        JsonTypeInfoResolver.Combine(StaffJson.Default, StoreJson.Default, FiguresJson.Default, CustomerJson.Default, CheckoutJson.Default,
            ProductsJson.Default, MethodsJson.Default, StoresJson.Default, PeopleJson.Default, TokensJson.Default, LogJson.Default,
                SecretsJson.Default, WebhooksJson.Default, DeliveriesJson.Default, PrintersJson.Default,
                TicketsJson.Default, PrivacyJson.Default, EmailsJson.Default, PushJson.Default);
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(ListOrdersModule.View), TypeInfoPropertyName = "Orders")]
[JsonSerializable(typeof(OrderHistoryModule.View), TypeInfoPropertyName = "History")]
[JsonSerializable(typeof(HealthModule.View), TypeInfoPropertyName = "Health")]
[JsonSerializable(typeof(HealthModule.ReadyView), TypeInfoPropertyName = "Ready")]
[JsonSerializable(typeof(ToMakeModule.View), TypeInfoPropertyName = "ToMake")]
[JsonSerializable(typeof(ChangeManyModule.View), TypeInfoPropertyName = "ChangedMany")]
[JsonSerializable(typeof(StepBody))]
[JsonSerializable(typeof(AcceptOrderModule.Body), TypeInfoPropertyName = "AcceptOrder")]
[JsonSerializable(typeof(CompleteOrderModule.Body), TypeInfoPropertyName = "CompleteOrder")]
[JsonSerializable(typeof(MarkReadyModule.Body), TypeInfoPropertyName = "MarkReady")]
[JsonSerializable(typeof(ChangePromiseModule.Body), TypeInfoPropertyName = "ChangePromise")]
[JsonSerializable(typeof(ChangeStatusModule.Body), TypeInfoPropertyName = "ChangeStatus")]
[JsonSerializable(typeof(ChangeManyModule.Body), TypeInfoPropertyName = "ChangeMany")]
[JsonSerializable(typeof(ShipOrderModule.Body), TypeInfoPropertyName = "ShipOrder")]
[JsonSerializable(typeof(CorrectTrackingModule.Body), TypeInfoPropertyName = "CorrectTracking")]
[JsonSerializable(typeof(OverrideStatusModule.Body), TypeInfoPropertyName = "OverrideStatus")]
[JsonSerializable(typeof(CancelOrderModule.Body), TypeInfoPropertyName = "CancelOrder")]
[JsonSerializable(typeof(Transitions.KeyedStep))]
[JsonSerializable(typeof(OrderPlaced))]
[JsonSerializable(typeof(StatusChanged))]
[JsonSerializable(typeof(ParcelMoved))]
[JsonSerializable(typeof(OrderCancelled))]
[JsonSerializable(typeof(HandedOver))]
[JsonSerializable(typeof(AuditEvent.Kind), TypeInfoPropertyName = "ChangedStatusKind")]
[JsonSerializable(typeof(StatusOverridden))]
[JsonSerializable(typeof(TrackingCorrected))]
[JsonSerializable(typeof(PromiseChanged))]
[JsonSerializable(typeof(OrderCreated))]
[JsonSerializable(typeof(OrderStatusUpdated))]
[JsonSerializable(typeof(ShippingUpdated))]
[JsonSerializable(typeof(PromiseUpdated))]
internal sealed partial class StaffJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(StoreServiceModule.View))]
[JsonSerializable(typeof(StoreServiceModule.Body))]
[JsonSerializable(typeof(StoreServiceModule.Logged))]
internal sealed partial class StoreJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(FiguresView))]
internal sealed partial class FiguresJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CustomerView))]
[JsonSerializable(typeof(CatalogueModule.View))]
[JsonSerializable(typeof(CustomerOrderStatusUpdated))]
[JsonSerializable(typeof(CustomerShippingUpdated))]
[JsonSerializable(typeof(CustomerPromiseUpdated))]
internal sealed partial class CustomerJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CheckoutBody))]
[JsonSerializable(typeof(Placing.CounterCheckout))]
internal sealed partial class CheckoutJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ManageProductsModule.View))]
[JsonSerializable(typeof(ManageProductsModule.List))]
[JsonSerializable(typeof(ManageProductsModule.Prices))]
[JsonSerializable(typeof(ManageProductsModule.NewBody))]
[JsonSerializable(typeof(ManageProductsModule.Body))]
[JsonSerializable(typeof(ProductTableModule.View), TypeInfoPropertyName = "ProductTable")]
internal sealed partial class ProductsJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ManageShippingMethodsModule.View))]
[JsonSerializable(typeof(ManageShippingMethodsModule.List))]
[JsonSerializable(typeof(ManageShippingMethodsModule.NewBody))]
[JsonSerializable(typeof(ManageShippingMethodsModule.Body))]
internal sealed partial class MethodsJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ManageStoresModule.View))]
[JsonSerializable(typeof(ManageStoresModule.List))]
[JsonSerializable(typeof(ManageStoresModule.NewBody))]
[JsonSerializable(typeof(StoreBody))]
internal sealed partial class StoresJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ManagePeopleModule.View))]
[JsonSerializable(typeof(ManagePeopleModule.List))]
[JsonSerializable(typeof(ManagePeopleModule.Invited))]
[JsonSerializable(typeof(ManagePeopleModule.NewBody))]
[JsonSerializable(typeof(ManagePeopleModule.Body))]
[JsonSerializable(typeof(ManagePeopleModule.PinBody))]
internal sealed partial class PeopleJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ManageTokensModule.View))]
[JsonSerializable(typeof(ManageTokensModule.List))]
[JsonSerializable(typeof(ManageTokensModule.NewBody))]
[JsonSerializable(typeof(ManageTokensModule.Made))]
internal sealed partial class TokensJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(MerchantLogModule.View))]
[JsonSerializable(typeof(IReadOnlyList<FieldChange>))]
internal sealed partial class LogJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(OwnSecretsModule.PasswordBody))]
[JsonSerializable(typeof(OwnSecretsModule.PinBody))]
internal sealed partial class SecretsJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(WebhooksModule.View), TypeInfoPropertyName = "Webhook")]
[JsonSerializable(typeof(WebhooksModule.WithSecret))]
[JsonSerializable(typeof(WebhooksModule.List), TypeInfoPropertyName = "Webhooks")]
[JsonSerializable(typeof(WebhooksModule.NewBody), TypeInfoPropertyName = "NewWebhook")]
[JsonSerializable(typeof(WebhooksModule.Body), TypeInfoPropertyName = "WebhookChange")]
internal sealed partial class WebhooksJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(WebhookDeliveriesModule.List))]
internal sealed partial class DeliveriesJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(PrintersModule.View), TypeInfoPropertyName = "Printer")]
[JsonSerializable(typeof(PrintersModule.WithPassword))]
[JsonSerializable(typeof(PrintersModule.List), TypeInfoPropertyName = "Printers")]
[JsonSerializable(typeof(PrintersModule.NewBody), TypeInfoPropertyName = "NewPrinter")]
[JsonSerializable(typeof(PrintersModule.Body), TypeInfoPropertyName = "PrinterChange")]
[JsonSerializable(typeof(CloudPrntModule.PollBody))]
[JsonSerializable(typeof(CloudPrntModule.Offer))]
[JsonSerializable(typeof(CloudPrntModule.Heard))]
internal sealed partial class PrintersJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(TicketsModule.List))]
internal sealed partial class TicketsJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CustomerSought))]
[JsonSerializable(typeof(PrivacyModule.List), TypeInfoPropertyName = "CustomersFound")]
[JsonSerializable(typeof(PrivacyModule.EraseBody))]
[JsonSerializable(typeof(PrivacyModule.Answer), TypeInfoPropertyName = "CustomerErased")]
[JsonSerializable(typeof(PersonalData))]
[JsonSerializable(typeof(ErasingSettingModule.View), TypeInfoPropertyName = "ErasingSetting")]
[JsonSerializable(typeof(ErasingSettingModule.Body), TypeInfoPropertyName = "ErasingSettingChange")]
internal sealed partial class PrivacyJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(EmailsModule.View), TypeInfoPropertyName = "Emails")]
[JsonSerializable(typeof(EmailsModule.Body), TypeInfoPropertyName = "EmailsChange")]
[JsonSerializable(typeof(EmailsModule.Tested))]
[JsonSerializable(typeof(EmailDeliveriesModule.List))]
[JsonSerializable(typeof(Dictionary<string, Wording>), TypeInfoPropertyName = "Wordings")]
internal sealed partial class EmailsJson : JsonSerializerContext;

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(PushModule.View), TypeInfoPropertyName = "Push")]
[JsonSerializable(typeof(PushModule.Body), TypeInfoPropertyName = "PushSubscription")]
[JsonSerializable(typeof(PushMessage.Shown), TypeInfoPropertyName = "PushShown")]
internal sealed partial class PushJson : JsonSerializerContext;
