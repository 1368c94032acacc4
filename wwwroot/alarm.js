// Nobody misses an order: the sound repeats until each new order was accepted, turned down, or acknowledged on this device, and
// becomes more urgent after a while. Says so where the browser keeps the page silent, or lets the screen go dark.
const repeatTime = 15000;       // ms between two sounds
const urgentRepeatTime = 8000;  // ms, once an order has waited for long
const urgentAfter = 180000;     // ms

// The clerk's choice of sound stays on this device. A browser keeps a page silent until somebody has tapped or typed on it.
const wantsSound = () => localStorage.getItem('storeflow.sound') !== 'off';
const sounds = () => audio?.state === 'running';
const muted = document.getElementById('muted');
let audio;

function unlockSound() {
  if (!wantsSound()) return;
  audio ??= Object.assign(new AudioContext(), { onstatechange: showSound });
  if (!sounds()) audio.resume();
}
unlockSound();

function chime(isUrgent) {
  if (!wantsSound() || !sounds()) return;
  const notes = isUrgent ? [[1175, 0], [880, 0.18], [1175, 0.36], [880, 0.54]] : [[880, 0], [1175, 0.16]];
  for (const [note, after] of notes) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const from = audio.currentTime + after;
    tone.frequency.value = note;
    volume.gain.setValueAtTime(isUrgent ? 0.5 : 0.25, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.4);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.4);
  }
  // Tells those who test that it has sounded, and how.
  const told = document.documentElement.dataset;
  told.chimes = Number(told.chimes ?? 0) + 1;
  told.chime = isUrgent ? 'urgent' : 'usual';
}

// The new orders of the store on the screen, as the server says them: their numbers, and since when they wait.
function newOrders() {
  const list = document.querySelector('[data-new]');
  if (!list) return null;
  const orders = list.dataset.new.split(' ').filter(Boolean).map(one => one.split(':')).map(([id, since]) => ({ id, since: Number(since) }));
  return { store: list.dataset.store, orders };
}

const seenKey = store => `storeflow.seen.${store}`;
const seen = store => JSON.parse(localStorage.getItem(seenKey(store)) ?? '[]');

let known = null;  // the orders that were told of already: {store, ids}
let last = -Infinity;

function alarm() {
  const now = newOrders();
  for (const button of document.querySelectorAll('[data-acknowledge]')) button.style.visibility = 'hidden';
  if (!now) return;
  const acknowledged = new Set(seen(now.store));
  const open = now.orders.filter(order => !acknowledged.has(order.id));
  const isSameStore = known?.store === now.store;
  const arrived = open.filter(order => isSameStore && !known.ids.has(order.id));
  known = { store: now.store, ids: new Set(now.orders.map(order => order.id)) };
  if (arrived.length > 0) notify(arrived.length);
  if (open.length === 0) return;
  for (const button of document.querySelectorAll('[data-acknowledge]')) button.style.visibility = '';
  const isUrgent = Date.now() - Math.min(...open.map(order => order.since)) > urgentAfter;
  if (arrived.length === 0 && performance.now() - last < (isUrgent ? urgentRepeatTime : repeatTime)) return;
  if (!sounds()) return;
  last = performance.now();
  chime(isUrgent);
}
setInterval(alarm, 1000);

document.addEventListener('click', event => {
  if (!event.target.closest?.('[data-acknowledge]')) return;
  const now = newOrders();
  localStorage.setItem(seenKey(now.store), JSON.stringify(now.orders.map(order => order.id)));
  alarm();
});

// A note of the system, where the clerk allowed it, while the page is not on the screen.
const canAsk = () => 'Notification' in window && Notification.permission === 'default';
function notify(count) {
  if (document.visibilityState === 'visible' || !('Notification' in window) || Notification.permission !== 'granted') return;
  try {
    new Notification(count === 1 ? say('A new order') : say('{0} new orders', count), { tag: 'storeflow.new', icon: '/favicon.svg' });
  } catch {
    // Some phones allow it to service workers only.
  }
}
document.addEventListener('click', async event => {
  if (!event.target.closest?.('[data-notify]')) return;
  await Notification.requestPermission();
  showSound();
});

for (const type of ['click', 'keydown', 'touchend']) {
  addEventListener(type, event => {
    // The button's own tap comes as a click, and must find the sound as the person saw it.
    if (type === 'click' || !event.target.closest?.('[data-sound]')) unlockSound();
  });
}

addEventListener('click', event => {
  if (!event.target.closest?.('[data-sound]') || (wantsSound() && !sounds())) return;
  localStorage.setItem('storeflow.sound', wantsSound() ? 'off' : 'on');
  showSound();
}, true);

function showSound() {
  const isMuted = wantsSound() && !sounds() && document.querySelector('[data-new]') !== null;
  if (muted.hidden === isMuted) muted.hidden = !isMuted;
  for (const button of document.querySelectorAll('[data-sound]')) {
    button.setAttribute('aria-pressed', wantsSound() && sounds());
    const text = !wantsSound() ? say('Sound off') : sounds() ? say('Sound on') : say('Tap for sound');
    if (button.textContent !== text) button.textContent = text;
  }
  for (const button of document.querySelectorAll('[data-notify]')) if (button.hidden === canAsk()) button.hidden = !canAsk();
  for (const note of document.querySelectorAll('[data-awake]')) if (note.hidden !== isAwake) note.hidden = isAwake;
}

// The screen stays awake while a board is open. Hiding the page ends that, so it is asked for again each time.
let isAwake = true;  // until the browser has refused
async function stayAwake() {
  if (document.visibilityState !== 'visible' || !document.querySelector('main.board')) return;
  try {
    await navigator.wakeLock.request('screen');
    isAwake = true;
  } catch {
    isAwake = false; // without HTTPS, or on a low battery
  }
  showSound();
}
document.addEventListener('visibilitychange', stayAwake);

let board = null;
new MutationObserver(() => {
  showSound();
  alarm();
  const now = document.querySelector('main.board');
  if (now !== board) {
    board = now;
    stayAwake();
  }
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ['data-new'] });
