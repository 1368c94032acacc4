// A screen of the staff on another origin: it hears of a store's orders over SignalR. Never put a token into a page that strangers see.
import type * as SignalR from '@microsoft/signalr';
import type { components } from './api';
import { find, make, server } from './page.js';

declare const signalR: typeof SignalR; // signalr.js

type OrderCreated = components['schemas']['OrderCreated'];
type OrderStatusUpdated = components['schemas']['OrderStatusUpdated'];

const line = find('line', HTMLElement);
const events = find('events', HTMLElement);
let last: number | null = null; // the latest sequence that was seen

find('connect', HTMLFormElement).addEventListener('submit', event => {
  event.preventDefault();
  connect(find('token', HTMLInputElement).value).catch((fault: unknown) => { line.textContent = `${fault}`; });
});

async function connect(token: string): Promise<void> {
  const hub = new signalR.HubConnectionBuilder()
    .withUrl(`${server}/hubs/orders`, { accessTokenFactory: () => token })
    .withAutomaticReconnect()
    .build();
  hub.on('OrderCreated', (created: OrderCreated) => hear(created, `${created.customer_name} ordered ${created.item_count}`));
  hub.on('OrderStatusUpdated', (moved: OrderStatusUpdated) => hear(moved, `order ${moved.order_id} is ${moved.new_status}`));
  hub.onreconnecting(() => { line.textContent = 'The connection is lost. Trying again...'; });
  hub.onreconnected(subscribe);
  hub.onclose(() => { line.textContent = 'The connection has ended.'; });
  await hub.start();
  await subscribe();

  // After a reconnect this asks for what was missed.
  async function subscribe(): Promise<void> {
    const now: number = await hub.invoke('SubscribeStore', 1, last);
    last ??= now;
    line.textContent = 'Live.';
  }
}

function hear(event: { sequence: number }, text: string): void {
  last = event.sequence;
  events.append(make('li', text));
}
