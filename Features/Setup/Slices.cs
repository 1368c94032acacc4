using StoreFlow.Features.AcceptOrder;
using StoreFlow.Features.CancelOrder;
using StoreFlow.Features.Catalogue;
using StoreFlow.Features.ChangePromise;
using StoreFlow.Features.ChangeStatus;
using StoreFlow.Features.Checkout;
using StoreFlow.Features.CompleteOrder;
using StoreFlow.Features.CorrectTracking;
using StoreFlow.Features.Emails;
using StoreFlow.Features.ExportOrders;
using StoreFlow.Features.Figures;
using StoreFlow.Features.FirstRun;
using StoreFlow.Features.GetOrder;
using StoreFlow.Features.Health;
using StoreFlow.Features.Home;
using StoreFlow.Features.ListOrders;
using StoreFlow.Features.LiveUpdates;
using StoreFlow.Features.ManagePeople;
using StoreFlow.Features.ManageProducts;
using StoreFlow.Features.ManageShippingMethods;
using StoreFlow.Features.ManageStores;
using StoreFlow.Features.ManageTokens;
using StoreFlow.Features.MarkDelivered;
using StoreFlow.Features.MarkReady;
using StoreFlow.Features.MerchantLogs;
using StoreFlow.Features.OrderHistory;
using StoreFlow.Features.OverrideStatus;
using StoreFlow.Features.Printers;
using StoreFlow.Features.Privacy;
using StoreFlow.Features.Push;
using StoreFlow.Features.ShipOrder;
using StoreFlow.Features.ShopFiles;
using StoreFlow.Features.SignIn;
using StoreFlow.Features.StartPacking;
using StoreFlow.Features.StartPreparation;
using StoreFlow.Features.Storefront;
using StoreFlow.Features.StoreService;
using StoreFlow.Features.ToMake;
using StoreFlow.Features.TrackOrder;
using StoreFlow.Features.Webhooks;

namespace StoreFlow.Features.Setup;

/// <summary>The slices that have routes. A list makes the start faster than a scan of all types.</summary>
internal static class Slices
{
    public static readonly Type[] WithRoutes =
    [
        typeof(AcceptOrderModule),
        typeof(CancelOrderModule),
        typeof(CatalogueModule),
        typeof(ChangePromiseModule),
        typeof(ChangeStatusModule),
        typeof(ChangeManyModule),
        typeof(CheckoutModule),
        typeof(CloudPrntModule),
        typeof(CompleteOrderModule),
        typeof(CounterOrderModule),
        typeof(CorrectTrackingModule),
        typeof(ErasingSettingModule),
        typeof(EmailDeliveriesModule),
        typeof(EmailsModule),
        typeof(ExportOrdersModule),
        typeof(ExportShopModule),
        typeof(FirstRunModule),
        typeof(FiguresModule),
        typeof(GetOrderModule),
        typeof(HealthModule),
        typeof(HomeModule),
        typeof(ListOrdersModule),
        typeof(EventStreamsModule),
        typeof(ManagePeopleModule),
        typeof(ManageProductsModule),
        typeof(ManageShippingMethodsModule),
        typeof(ManageStoresModule),
        typeof(ManageTokensModule),
        typeof(MarkDeliveredModule),
        typeof(MarkReadyModule),
        typeof(MerchantLogModule),
        typeof(OrderHistoryModule),
        typeof(OverrideStatusModule),
        typeof(OwnSecretsModule),
        typeof(PasswordLinkModule),
        typeof(PrintersModule),
        typeof(PrivacyModule),
        typeof(ProductTableModule),
        typeof(PushModule),
        typeof(ShipOrderModule),
        typeof(SignInModule),
        typeof(StartPackingModule),
        typeof(StartPreparationModule),
        typeof(StorefrontModule),
        typeof(StoreServiceModule),
        typeof(TabletModule),
        typeof(TicketsModule),
        typeof(ToMakeModule),
        typeof(TrackOrderModule),
        typeof(WebhooksModule),
        typeof(WebhookDeliveriesModule),
    ];
}
