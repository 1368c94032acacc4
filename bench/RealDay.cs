using System.Buffers;

namespace StoreFlow.Bench;

/// <summary>
/// A shop's day over HTTP: whole lives of pickup and shipping orders, from the checkout to the last step, over a window
/// of open orders among many finished ones.
/// </summary>
internal sealed class RealDay(SeededFile file)
{
    private readonly OrderWindow _window = new(file.Open);
    private long _lastId = file.Orders;

    public Client NewClient() => new Connected(this, file);

    /// <summary>
    /// A checkout does not tell the customer the order's id. Ids count up by one, and the order is due for its first step
    /// only 75 checkouts later, so the next id is that of an order which is in the database by then.
    /// </summary>
    private OpenOrder NextPlaced() => new(Interlocked.Increment(ref _lastId), Store: 0, Ships: false, Version: 1);

    private sealed class Connected(RealDay day, SeededFile file) : Client
    {
        private readonly NextRequest _checkout = Requests.CheckoutOfEitherType(file);
        private OpenOrder? _order;

        public override ArrayBufferWriter<byte> Body { get; } = new(4096);

        public override int WriteNext(Span<byte> request)
        {
            _order = day._window.TakeNext();
            return _order is { } order ? Requests.Step(request, order) : _checkout(request);
        }

        public override bool Accepts(int status)
        {
            if (_order is not { } order)
            {
                day._window.Add(day.NextPlaced());
                return status == 201;
            }
            // Both types are accepted in the same way; that answer tells which type it is.
            var ships = order.Version == 1 ? Body.WrittenSpan.IndexOf("\"fulfilment_type\":\"shipping\""u8) >= 0 : order.Ships;
            day._window.Add(order with { Ships = ships, Version = order.Version + 1 });
            return status == 200;
        }
    }
}
