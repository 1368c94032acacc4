// Keeps a customer's page true: the order's event stream says that there is news, the server renders it.
const announcement = document.getElementById('announcement');
const connection = document.getElementById('connection');
const main = () => document.querySelector('main');

// The page's language, as the reader's country writes it.
const language = document.documentElement.lang;
const locale = navigator.languages.find(name => name.split('-')[0] === language) ?? language;

// Times by the store's clock, with the date where it is not today's; yesterday's "today" gets its date when the page is looked at again.
// A reader whose own clock shows another time is told the zone.
function localise() {
  const timeZone = main().dataset.zone;
  const format = (at, options) => new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(at);
  const day = { day: 'numeric', month: 'short' };
  const today = format(new Date(), { ...day, year: 'numeric' });
  for (const time of document.querySelectorAll('time[datetime]')) {
    const at = new Date(time.dateTime);
    const clock = { hour: '2-digit', minute: '2-digit' };
    if (format(at, { ...day, ...clock }) !== at.toLocaleString(locale, { ...day, ...clock })) clock.timeZoneName = 'short';
    time.textContent = 'date' in time.dataset ? format(at, { ...day, year: 'numeric', ...clock })
      : format(at, { ...day, year: 'numeric' }) === today ? format(at, clock)
      : format(at, { ...day, ...clock });
  }
}

let asking = false;
let isOld = false;  // there was more news while the page was asked for
async function refresh() {
  if (asking) {
    isOld = true;
    return;
  }
  asking = true;
  isOld = false;
  try {
    const answer = await fetch(location.pathname + location.search, { cache: 'no-store' });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('main');
    if (Number(fresh.dataset.version) <= Number(main().dataset.version)) return;
    main().replaceWith(fresh);
    document.dispatchEvent(new Event('fresh'));
    document.title = page.title;
    localise();
    announcement.textContent = fresh.querySelector('h1').textContent;
    if (isFinished()) listen();
  } catch {
    // No connection just now; the next round asks again.
  } finally {
    asking = false;
    if (isOld) refresh();
  }
}

// A finished order has no event stream: nothing will come.
const isFinished = () => !main().dataset.events;

let stream;
function listen() {
  stream?.close();
  if (isFinished()) {
    connection.hidden = true;
    return;
  }
  stream = new EventSource(main().dataset.events);
  const news = event => {
    if (JSON.parse(event.data).version > Number(main().dataset.version)) refresh();
  };
  for (const name of ['order', 'OrderStatusUpdated', 'ShippingUpdated', 'PromiseUpdated']) stream.addEventListener(name, news);
  stream.onopen = () => { connection.hidden = true; };
  stream.onerror = () => { connection.hidden = false; };
}

// Where the stream is blocked, or died while the phone slept, asking now and then still gets there.
function check() {
  localise();
  if (isFinished()) return;
  if (stream.readyState === EventSource.OPEN) return;
  refresh();
  if (stream.readyState === EventSource.CLOSED) listen();
}

localise();
listen();
setInterval(check, 15000);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return;
  localise();
  refresh();
  listen();
});
window.addEventListener('online', listen);

// The order is placed: its basket is not offered once more.
sessionStorage.removeItem(sessionStorage.getItem('storeflow.sent-basket'));
sessionStorage.removeItem('storeflow.sent-basket');
