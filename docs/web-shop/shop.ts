// A web shop on StoreFlow: it shows the catalogue, places an order, and follows it live.
// The types are made from the server's own description: npm run types
import type { components } from './api';
import { find, make, server } from './page.js';

type Catalogue = components['schemas']['CatalogueView'];
type Checkout = components['schemas']['CheckoutBody'];
type Order = components['schemas']['CustomerView'];
type OrderEvent = components['schemas']['CustomerEvent'];
type Problem = components['schemas']['Problem'];

const storeId = Number(new URLSearchParams(location.search).get('store') ?? 1);
const form = find('order', HTMLFormElement);
const button = find('place', HTMLButtonElement);
const errors = find('errors', HTMLElement);

/** What people read for each status. */
const words: Record<Order['status'], string> = {
  pending: 'waiting for the shop',
  accepted: 'accepted',
  in_progress: 'being prepared',
  ready: 'ready for pickup',
  completed: 'collected',
  packing: 'being packed',
  shipped: 'on its way',
  delivered: 'delivered',
  cancelled: 'cancelled',
};

// Money is in minor units of its currency: 480 is 4.80 EUR, and 480 JPY. How many digits that are says the catalogue: a browser shows
// fewer than the currency has where people leave them out, as for HUF.
function money(amount: number, { store, currency_digits }: Catalogue): string {
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency: store.currency,
    minimumFractionDigits: currency_digits,
    maximumFractionDigits: currency_digits,
  }).format(amount / 10 ** currency_digits);
}

let timeZone = 'UTC'; // the catalogue says which; people see times by the store's clock

function time(instant: string): string {
  return new Intl.DateTimeFormat(undefined, { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(new Date(instant));
}

// --- the catalogue ---

async function showCatalogue(): Promise<void> {
  const answer = await fetch(`${server}/stores/${storeId}/catalogue`);
  if (!answer.ok)
    return showProblem(await answer.json());
  const catalogue: Catalogue = await answer.json();
  timeZone = catalogue.time_zone;
  find('store', HTMLElement).textContent = catalogue.store.name;
  for (const product of catalogue.products) {
    const input = document.createElement('input');
    Object.assign(input, { type: 'number', min: '0', max: '999', value: '0', name: `product-${product.id}` });
    input.dataset['product'] = `${product.id}`;
    const label = make('label', ` ${product.name}, ${money(product.price, catalogue)}`);
    label.prepend(input);
    find('products', HTMLElement).append(label);
  }
  form.hidden = false;
}

// --- the order ---

// One key for one order: sent again after a lost connection, it places the order only once. Another order needs another key.
let key = crypto.randomUUID();
form.addEventListener('input', () => { key = crypto.randomUUID(); });

form.addEventListener('submit', event => {
  event.preventDefault();
  button.disabled = true;
  errors.replaceChildren();
  void placeOrder().finally(() => { button.disabled = false; });
});

async function placeOrder(): Promise<void> {
  const fields = new FormData(form);
  const body: Checkout = {
    store_id: storeId,
    fulfilment_type: 'pickup',
    items: [...form.querySelectorAll<HTMLInputElement>('input[data-product]')]
      .filter(input => input.valueAsNumber > 0)
      .map(input => ({ product_id: Number(input.dataset['product']), quantity: input.valueAsNumber })),
    customer: { name: `${fields.get('name')}`, email: `${fields.get('email')}` },
  };
  let answer: Response;
  try {
    answer = await fetch(`${server}/checkout`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify(body),
    });
  } catch {
    errors.append(make('p', 'The shop cannot be reached. Press the button again: the order is placed only once.'));
    return;
  }
  if (!answer.ok)
    return showProblem(await answer.json());
  const order: Order = await answer.json();
  history.replaceState(null, '', `#${order.public_id}`); // a reload of the page follows the same order
  follow(order.public_id);
}

function showProblem(problem: Problem): void {
  switch (problem.code) {
    case 'invalid_request':
      for (const [field, sentences] of Object.entries(problem.errors ?? {}))
        errors.append(make('p', `${field}: ${sentences.join(' ')}`));
      break;
    case 'store_closed':
      errors.append(make('p', problem.next_opening == null
        ? problem.detail
        : `${problem.detail} The next opening is ${time(problem.next_opening)}.`));
      break;
    default:
      errors.append(make('p', problem.detail));
  }
}

// --- live ---

function follow(publicId: string): void {
  form.hidden = true;
  find('followed', HTMLElement).hidden = false;
  const line = find('line', HTMLElement);
  let order: Order | undefined;
  // A browser reconnects by itself and says which event it saw last.
  const stream = new EventSource(`${server}/customer/${publicId}/order/events`);
  stream.onopen = () => { line.textContent = 'Live.'; };
  stream.onerror = () => {
    line.textContent = 'The connection is lost. Trying again...';
    if (stream.readyState === EventSource.CLOSED) // it was refused, for instance because the server starts
      setTimeout(() => follow(publicId), 3000);
  };
  on(stream, 'order', view => show(order = view));
  on(stream, 'OrderStatusUpdated', ({ version, new_status }) => change(version, { status: new_status }));
  on(stream, 'PromiseUpdated', ({ version, promised_at }) => change(version, { promised_at }));
  on(stream, 'ShippingUpdated', ({ version, shipping_status, tracking_code, tracking_url }) =>
    change(version, { shipping_status, tracking_code, tracking_url }));

  // After a reconnect the view comes first, and then what it already contains.
  function change(version: number, news: Partial<Order>): void {
    if (order !== undefined && version >= order.version)
      show(order = { ...order, ...news, version });
  }
}

type Payload<Name extends OrderEvent['event']> = Extract<OrderEvent, { event: Name }>['data'];

function on<Name extends OrderEvent['event']>(stream: EventSource, name: Name, handle: (data: Payload<Name>) => void): void {
  stream.addEventListener(name, message => handle(JSON.parse(message.data)));
}

function show(order: Order): void {
  find('reference', HTMLElement).textContent = order.reference;
  find('status', HTMLElement).textContent = words[order.status];
  find('promise', HTMLElement).textContent = order.promised_at === null ? '' : `Promised for ${time(order.promised_at)}.`;
}

await showCatalogue().catch(() => errors.append(make('p', 'The shop cannot be reached. Load the page again in a moment.')));
if (location.hash.length > 1)
  follow(location.hash.slice(1));
