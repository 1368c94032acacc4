// Sends a step to the server. A tapped button shows that it is waiting until the server has answered. A step that ends an order
// stays on this device for a moment, with an "Undo"; it is sent at once when the person goes on or leaves.
const undoTime = 5000;  // ms
const lostTime = 3000;  // ms after the connection came back in which an answer may still come

const undoBar = document.getElementById('undo');
const undoText = undoBar.querySelector('span');
let held = null;              // the step that still can be undone: {detail, name, timer}
const sent = new Map();       // steps without an answer yet: order and version to the button's name
let isConnected = true;

const keyOfStep = ({ order, version }) => `${order} ${version}`;

function showWaiting() {
  for (const button of document.querySelectorAll('button[data-step]')) {
    const { order, version } = button.dataset;
    const isWaiting = sent.has(`${order} ${version}`) || (held !== null && keyOfStep(held.detail) === `${order} ${version}`);
    if (button.hasAttribute('data-waiting') !== isWaiting) button.toggleAttribute('data-waiting', isWaiting);
    const busy = isWaiting ? 'true' : null;
    if (button.getAttribute('aria-busy') !== busy) busy ? button.setAttribute('aria-busy', busy) : button.removeAttribute('aria-busy');
  }
  if (undoBar.hidden !== (held === null)) undoBar.hidden = held === null;
}

// Every page of the staff has one element that takes steps: the button itself may be gone by now.
function send({ detail, name }) {
  sent.set(keyOfStep(detail), name);
  document.querySelector('[data-answered]').dispatchEvent(new CustomEvent('storeflow.step', { bubbles: true, detail }));
  showWaiting();
}

function hold(step) {
  held = { ...step, timer: setTimeout(release, undoTime) };
  undoText.textContent = step.name;
  showWaiting();
}

// Without a connection it waits for one.
function release() {
  if (held === null || !isConnected || !document.querySelector('[data-answered]')) return;
  const step = held;
  clearTimeout(held.timer);
  held = null;
  send(step);
}

undoBar.querySelector('button').addEventListener('click', () => {
  if (held === null) return;
  clearTimeout(held.timer);
  tell(`“${held.name}” was not sent.`);
  held = null;
  showWaiting();
});

// A tap on a step says which order and which version of it the person saw.
document.addEventListener('click', event => {
  const button = event.target.closest('button[data-step]');
  if (!button) {
    if (event.target.closest('a[href], [type=submit]')) release(); // the person goes on
    return;
  }
  const { order, version, step, reason, note, minutes } = button.dataset;
  if (sent.has(`${order} ${version}`) || (held !== null && keyOfStep(held.detail) === `${order} ${version}`)) return;
  const detail = {
    order: Number(order), version: Number(version), to: step, reason, note: document.getElementById(note)?.value,
    minutes: minutes && Number(minutes),
  };
  const name = button.dataset.name ?? button.getAttribute('aria-label');
  release();
  if (isConnected && 'ends' in button.dataset) hold({ detail, name });
  else send({ detail, name });
});

// Who leaves has meant it. A page that closes sends nothing over its connection any more.
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') release(); });
addEventListener('pagehide', () => {
  if (held !== null) {
    const { order, version, to, reason, note } = held.detail;
    const body = JSON.stringify({ status: to, version, reason, note: note || undefined });
    fetch(`/orders/${order}/status`, { method: 'PATCH', keepalive: true, headers: { 'Content-Type': 'application/json' }, body });
    held = null;
  }
  if (sent.size > 0) sessionStorage.setItem('storeflow.sent', JSON.stringify([...sent.values()]));
});

function tellLost(names) {
  tell(`The connection was lost while this was on its way: ${names.map(name => `“${name}”`).join(', ')}. Look whether it was done.`);
}

addEventListener('storeflow.connected', event => {
  isConnected = event.detail;
  if (!isConnected) return;
  release();
  const before = [...sent.keys()];
  setTimeout(() => {
    const lost = before.filter(key => sent.has(key));
    if (lost.length === 0) return;
    tellLost(lost.map(key => sent.get(key)));
    for (const key of lost) sent.delete(key);
    showWaiting();
  }, lostTime);
});

// The element that takes steps says which one was answered last.
new MutationObserver(() => {
  const answered = document.querySelector('[data-answered]')?.dataset.answered.split(' ');
  if (answered?.length > 1) sent.delete(`${answered[0]} ${answered[1]}`);
  showWaiting();
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ['data-answered', 'data-version'] });

const lostBefore = JSON.parse(sessionStorage.getItem('storeflow.sent') ?? '[]');
sessionStorage.removeItem('storeflow.sent');
if (lostBefore.length > 0) tellLost(lostBefore);
