// Prints tickets on the printer of this device: one for a tap, or each accepted order's where the device is set to do so.
const mostRemembered = 500; // orders
const ticketsKey = store => `storeflow.tickets.${store}`;
const printedKey = store => `storeflow.printed.${store}`;
const wantsTickets = store => localStorage.getItem(ticketsKey(store)) === 'on';
const printedOf = store => JSON.parse(localStorage.getItem(printedKey(store)) ?? '[]');
const remember = (store, ids) => localStorage.setItem(printedKey(store), JSON.stringify(ids.slice(-mostRemembered)));

// In a frame that nobody sees. The sign-in, or a page that tells of an error, is no ticket and is not printed.
function printTicket(address) {
  const frame = document.createElement('iframe');
  frame.title = say('Ticket');
  frame.tabIndex = -1;
  frame.setAttribute('aria-hidden', 'true');
  Object.assign(frame.style, { position: 'fixed', right: '0', bottom: '0', width: '0', height: '0', border: '0', visibility: 'hidden' });
  return new Promise(done => {
    frame.onload = () => {
      const isTicket = frame.contentDocument?.querySelector('[data-ticket]') !== null && frame.contentDocument !== null;
      if (isTicket) frame.contentWindow.print(); // comes back once the dialog is closed
      done(isTicket);
      setTimeout(() => frame.remove(), 1000);
    };
    frame.src = address;
    document.body.append(frame);
  });
}

// The orders that were accepted a short while ago, as the server says them.
function acceptedOrders() {
  const list = document.querySelector('[data-accepted]');
  return list && { store: list.dataset.store, ids: list.dataset.accepted.split(' ').filter(Boolean) };
}

// Two tabs of one device take turns, so that one of them prints. Without HTTPS browsers have no locks.
const alone = work => navigator.locks ? navigator.locks.request('storeflow.tickets', work) : work();

let isPrinting = false;
async function printAccepted() {
  showTickets();
  const now = acceptedOrders();
  if (isPrinting || !now || !wantsTickets(now.store) || now.ids.every(id => printedOf(now.store).includes(id))) return;
  isPrinting = true;
  try {
    await alone(async () => {
      for (const id of now.ids) {
        const before = printedOf(now.store);
        if (before.includes(id)) continue;
        remember(now.store, [...before, id]); // first: a page that is closed meanwhile shall not print it twice
        if (await printTicket(`/dashboard/${now.store}/orders/${id}/ticket`)) continue;
        remember(now.store, before);
        break; // signed out, or no connection: later
      }
    });
  } finally {
    isPrinting = false;
  }
}
setInterval(printAccepted, 1000);

function showTickets() {
  const now = acceptedOrders();
  for (const button of document.querySelectorAll('[data-tickets]')) {
    const isOn = `${now !== null && wantsTickets(now.store)}`;
    if (button.getAttribute('aria-pressed') !== isOn) button.setAttribute('aria-pressed', isOn);
  }
}

document.addEventListener('click', event => {
  const one = event.target.closest?.('[data-print-ticket]');
  if (one) printTicket(one.dataset.printTicket);
  const now = acceptedOrders();
  if (!event.target.closest?.('[data-tickets]') || !now) return;
  if (wantsTickets(now.store)) {
    localStorage.removeItem(ticketsKey(now.store));
  } else {
    remember(now.store, [...new Set([...printedOf(now.store), ...now.ids])]); // from now on
    localStorage.setItem(ticketsKey(now.store), 'on');
  }
  showTickets();
});
