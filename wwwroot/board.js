// What the staff pages need of the browser: their connection, ticking ages, printing, and what a device remembers.
const banner = document.getElementById('connection');

function connected(yes) {
  dispatchEvent(new CustomEvent('storeflow.connected', { detail: yes }));
  banner.hidden = yes;
  for (const content of document.querySelectorAll('#content, header.bar')) content.inert = !yes;
}

const isUp = () => fetch('/healthz', { cache: 'no-store' }).then(answer => answer.ok, () => false);
const isRefused = () =>
  fetch('/_blazor/negotiate?negotiateVersion=1', { method: 'POST' }).then(answer => answer.status === 401, () => false);

// A circuit that is gone for good (server restarted, tablet asleep for an hour) is replaced as soon as the server answers.
let reviving = false;
async function revive() {
  if (reviving) return;
  reviving = true;
  connected(false);
  while (!await isUp()) await new Promise(wait => setTimeout(wait, 1000));
  keepTyped();
  location.reload();
}

// What was half typed outlives the reload, on the same page.
const typed = 'storeflow.typed';
function keepTyped() {
  const isTyped = field => field.value && field.type !== 'checkbox' && (!('derived' in field.dataset) || 'own' in field.dataset);
  const fields = [...document.querySelectorAll('#content input[id], #content textarea[id]')].filter(isTyped);
  sessionStorage.setItem(typed, JSON.stringify({ page: location.pathname, values: fields.map(field => [field.id, field.value]) }));
}

// The server fills in a derived field from another one, and does so again after a reload, unless the person has typed there.
const ownValues = new WeakMap();
document.addEventListener('input', event => {
  if (!('derived' in event.target.dataset)) return;
  event.target.toggleAttribute('data-own', event.target.value !== '');
  ownValues.set(event.target, event.target.value);
});
// What the server derived a moment ago may arrive over what was typed since, which the server has by then: it is shown again.
function keepOwnValues() {
  for (const field of document.querySelectorAll('[data-own]')) {
    if (field.value !== '' && ownValues.get(field) && field.value !== ownValues.get(field)) field.value = ownValues.get(field);
  }
}

function restoreTyped() {
  if (reviving) return; // the page that comes needs it, however long it takes to come
  const kept = JSON.parse(sessionStorage.getItem(typed) ?? 'null');
  if (kept?.page !== location.pathname) return;
  // The last one first: a tracking code fills in a link, and must not do so over the one that was typed.
  const left = kept.values.reverse().filter(([id, value]) => {
    const field = document.getElementById(id);
    if (!field) return true;
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return false;
  });
  if (left.length < kept.values.length) sessionStorage.setItem(typed, JSON.stringify({ ...kept, values: left.reverse() }));
}

window.addEventListener('offline', () => connected(false));
window.addEventListener('online', () => Blazor.reconnect?.().then(ok => ok ? connected(true) : revive(), revive));

// What is typed is searched for after a pause; Enter opens the one hit. The server never writes into the box meanwhile.
let pause;
let waiting = null; // the box whose text has not been searched for yet
function find(box, isEnter) {
  clearTimeout(pause);
  waiting = null;
  box.dispatchEvent(new CustomEvent('storeflow.find', { bubbles: true, detail: { text: box.value, isEnter } }));
}
document.addEventListener('input', event => {
  if (!event.target.matches('[data-find]')) return;
  clearTimeout(pause);
  waiting = event.target;
  pause = setTimeout(find, 250, waiting, false);
});
// Who leaves the box, for a card for example, has meant what stands in it.
for (const type of ['change', 'focusout']) {
  document.addEventListener(type, () => { if (waiting) find(waiting, false); });
}
document.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || !event.target.matches?.('[data-find]')) return;
  find(event.target, true);
  event.target.select(); // the next scan replaces what this one left
});
document.addEventListener('click', event => {
  const box = event.target.closest?.('[data-clear]')?.parentElement.querySelector('[data-find]');
  if (!box) return;
  box.value = '';
  box.focus();
  find(box, false);
});

Blazor.start({
  circuit: {
    configureSignalR: builder => builder.withServerTimeout(12000).withKeepAliveInterval(4000),
    reconnectionHandler: {
      onConnectionDown: async () => {
        connected(false);
        for (let wait = 250; ; wait = Math.min(wait * 2, 2000)) {
          try {
            if (await Blazor.reconnect()) return;
            return revive();
          } catch {
            // A server that answers and takes no connection has ended the session: its page says so.
            if (await isRefused()) return revive();
            await new Promise(again => setTimeout(again, wait));
          }
        }
      },
      onConnectionUp: () => connected(true),
    },
  },
});

// A page whose server went away before it had come up. On a slow line it only takes longer.
let wasAway = false;
const coming = setInterval(async () => {
  if (document.getElementById('content')) return clearInterval(coming);
  if (!await isUp()) wasAway = true;
  else if (wasAway) revive();
}, 2000);

Blazor.registerCustomEventType('find', { browserEventName: 'storeflow.find', createEventArgs: enter => enter.detail });
Blazor.registerCustomEventType('step', { browserEventName: 'storeflow.step', createEventArgs: tap => tap.detail });

function age(since) {
  const seconds = Math.max(0, Math.floor((Date.now() - since) / 1000));
  if (seconds < 60) return say('{0} s', seconds);
  if (seconds < 3600) return say('{0} min', Math.floor(seconds / 60));
  if (seconds < 86400) return say('{0} h {1} min', Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60);
  return say('{0} d', Math.floor(seconds / 86400));
}

// People see times by the clock of the store, wherever this device is; the page says its zone. English ones are written as this
// device writes them: there is more than one English way.
const { lang } = document.documentElement;
const locale = lang === 'en' ? [] : lang;
const zoneOf = element => element.closest('[data-zone]')?.dataset.zone;
const format = (at, timeZone, options) => new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(at);
const dayOf = (at, timeZone) => format(at, timeZone, { dateStyle: 'short' });

// How long until an order is due. Its look changes at 80 % of its time, and when it is late; the words say so, too.
function due(at, from, zone) {
  const minutes = Math.ceil((at - Date.now()) / 60000);
  const apart = Math.abs(minutes);
  const length = apart < 90 ? say('{0} min', apart) : say('{0} h {1} min', Math.floor(apart / 60), apart % 60);
  if (at <= Date.now()) return ['late', say('{0} late', length)];
  if (minutes > 720) {
    const options = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };
    return ['', say('due {0}', format(at, zone, options))];
  }
  return [Date.now() - from > 0.8 * (at - from) ? 'soon' : '', say('due in {0}', length)];
}

function tick() {
  keepOwnValues();
  for (const time of document.querySelectorAll('time[data-due]')) {
    const [look, text] = due(Number(time.dataset.due), Number(time.dataset.from), zoneOf(time));
    if (time.textContent !== text) time.textContent = text;
    if (time.dataset.look !== look) time.dataset.look = look;
  }
  for (const time of document.querySelectorAll('time[data-since]')) {
    const text = age(Number(time.dataset.since));
    if (time.textContent !== text) time.textContent = text;
  }
  for (const time of document.querySelectorAll('time[data-clock]')) {
    const [at, zone] = [new Date(time.dateTime), zoneOf(time)];
    const isToday = dayOf(at, zone) === dayOf(new Date(), zone);
    const text = format(at, zone, isToday ? { hour: '2-digit', minute: '2-digit' } : { dateStyle: 'medium', timeStyle: 'short' });
    if (time.textContent !== text) time.textContent = text;
  }
  for (const time of document.querySelectorAll('time[data-time]')) {
    const text = format(new Date(time.dateTime), zoneOf(time), { dateStyle: 'medium', timeStyle: 'short' });
    if (time.textContent !== text) time.textContent = text;
  }
}
setInterval(tick, 1000);

// What a board showed stays on this device, by store: filter, search, how much of each column, and the place on the page.
const keptView = store => `storeflow.view.${store}`;
function keptPlace() {
  const store = document.querySelector('main.board')?.dataset.store;
  return store && location.pathname === `/dashboard/${store}` ? `storeflow.place.${store}` : null;
}

// On a wide screen each column scrolls by itself.
addEventListener('scroll', () => {
  const place = keptPlace();
  if (!place || place !== restoredPlace) return;
  const columns = Object.fromEntries([...document.querySelectorAll('.column')].map(column => [column.id, Math.round(column.scrollTop)]));
  localStorage.setItem(place, JSON.stringify({ page: Math.round(scrollY), columns }));
}, { passive: true, capture: true });

let restoredPlace = null;
function restorePlace() {
  const place = keptPlace();
  if (place === restoredPlace) return;
  restoredPlace = place;
  if (!place) return;
  const { page, columns } = JSON.parse(localStorage.getItem(place) ?? '{}') ?? {};
  scrollTo(0, page ?? 0);
  for (const [id, top] of Object.entries(columns ?? {})) {
    const column = document.getElementById(id);
    if (column) column.scrollTop = top;
  }
}

window.storeflow = {
  keepView: (store, view) => localStorage.setItem(keptView(store), JSON.stringify(view)),
  view(store) {
    try {
      return JSON.parse(localStorage.getItem(keptView(store)));
    } catch {
      return null;
    }
  },
};

addEventListener('click', event => {
  const button = event.target.closest?.('[data-print], .skip');
  if (!button) return;
  if ('print' in button.dataset) {
    window.print();
  } else {
    event.preventDefault(); // Blazor would take it for a navigation, and leave the focus where it is
    document.getElementById('content').focus();
  }
}, true);

// Signing out asks, and says so where something typed would be lost.
const leaving = document.getElementById('leaving');
document.addEventListener('submit', event => {
  if (!event.target.matches('[action="/logout"]')) return;
  event.preventDefault();
  const typedFields = '#content form input:not([type=checkbox], [type=hidden]), #content form textarea, #cancel-note';
  document.getElementById('unsaved').hidden = ![...document.querySelectorAll(typedFields)].some(field => field.value);
  leaving.returnValue = '';
  leaving.onclose = () => { if (leaving.returnValue === 'leave') event.target.submit(); };
  leaving.showModal();
}, true);

// A card has moved to another column: who works on it by keyboard goes on with it from there.
let focused;
document.addEventListener('pointerdown', () => { focused = null; });
document.addEventListener('focusin', event => { focused = event.target; });
function followFocus() {
  if (!focused || focused.isConnected || document.activeElement !== document.body) return;
  const card = document.getElementById(focused.closest('.order')?.id);
  focused = null;
  (card?.querySelector('.step') ?? card?.querySelector('a'))?.focus({ preventScroll: true });
}

// On a phone one column is shown at a time; which one stays on this device. The style sheet does nothing with it elsewhere.
function showTab() {
  const board = document.querySelector('main.board');
  if (!board) return;
  const kept = localStorage.getItem(`storeflow.tab.${board.dataset.store}`);
  const columns = [...board.querySelectorAll('.column')];
  const shown = columns.find(column => column.id === kept) ?? columns[0];
  if (!shown) return;
  if (board.dataset.tab !== shown.id) board.dataset.tab = shown.id;
  for (const column of columns) if (column.hasAttribute('data-shown') !== (column === shown)) column.toggleAttribute('data-shown');
  for (const tab of board.querySelectorAll('.jump a')) {
    const isShown = tab.hash === `#${shown.id}`;
    if (tab.hasAttribute('aria-current') !== isShown) isShown ? tab.setAttribute('aria-current', 'true') : tab.removeAttribute('aria-current');
  }
}
document.addEventListener('click', event => {
  const tab = event.target.closest?.('.jump a');
  if (!tab) return;
  event.preventDefault();
  localStorage.setItem(`storeflow.tab.${document.querySelector('main.board').dataset.store}`, tab.hash.slice(1));
  showTab();
  scrollTo(0, 0);
}, true);

// A menu closes when something else is tapped, and with Escape.
document.addEventListener('click', event => {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') for (const menu of document.querySelectorAll('details.menu[open]')) menu.open = false;
});

// More of a column is shown when its end comes into view; where columns stand below each other, only on request.
const sideBySide = matchMedia('(min-width: 63.01rem)');
const ends = new IntersectionObserver(seen => {
  for (const end of seen) if (end.isIntersecting && sideBySide.matches) end.target.click();
}, { rootMargin: '200px' });
const watched = new WeakSet();

// A link to a form that is closed opens it: "Turn down" on a card.
let openedHash = '';
function openTarget() {
  if (location.href !== openedHash) openedHash = '';
  // Back from a hand-over: the next scan finds the search box ready.
  if (location.hash === '#find' && openedHash !== location.href && document.querySelector('[data-find]')) {
    openedHash = location.href;
    document.querySelector('[data-find]').focus({ preventScroll: true });
    return;
  }
  const target = document.getElementById(location.hash.slice(1));
  if (target?.tagName !== 'DETAILS' || openedHash === location.href) return;
  openedHash = location.href;
  target.open = true;
  target.scrollIntoView({ block: 'center' });
}

// A session that is over: the dashboard asks the person to sign in.
let isSignedOut = false;
function signInAgain() {
  const link = document.querySelector('[data-leave]');
  if (!link || isSignedOut) return;
  isSignedOut = true;
  location.replace(link.href);
}

new MutationObserver(() => {
  signInAgain();
  showTab();
  openTarget();
  tick();
  restorePlace();
  restoreTyped();
  followFocus();
  for (const more of document.querySelectorAll('[data-more]')) {
    if (!watched.has(more)) {
      watched.add(more);
      ends.observe(more);
    }
  }
}).observe(document.body, { childList: true, subtree: true });

// The order is placed: its basket is not offered once more.
sessionStorage.removeItem(sessionStorage.getItem('storeflow.sent-basket'));
sessionStorage.removeItem('storeflow.sent-basket');

// The menu hangs from the right end of its button. Where that is near the left edge of the page, it moves into it.
document.addEventListener('toggle', event => {
  if (!event.target.matches?.('.menu') || !event.target.open) return;
  const panel = event.target.querySelector(':scope > div');
  panel.style.translate = '';
  const { left } = panel.getBoundingClientRect();
  if (left < 8) panel.style.translate = `${8 - left}px`;
}, true);
