// Sends a step to the server. A tapped button shows that it is waiting until the server has answered. A step that ends an order
// stays on this device for a moment, with an "Undo"; it is sent at once when the person goes on or leaves.
const undoTime = 5000;  // ms
const lostTime = 3000;  // ms after the connection came back in which an answer may still come

const undoBar = document.getElementById('undo');
const undoText = undoBar.querySelector('span');
const undoButton = undoBar.querySelector('button');
let held = null;              // the step that still can be undone: {detail, name, timer}
const sent = new Map();       // steps without an answer yet: order and version to the button's name
let isConnected = true;

const keyOfStep = ({ order, version }) => `${order} ${version}`;
const isWaiting = step => sent.has(keyOfStep(step)) || (held !== null && keyOfStep(held.detail) === keyOfStep(step));

function showWaiting() {
  for (const button of document.querySelectorAll('button[data-step]')) {
    const waits = isWaiting(button.dataset);
    if (button.hasAttribute('data-waiting') !== waits) button.toggleAttribute('data-waiting', waits);
    const busy = waits ? 'true' : null;
    if (button.getAttribute('aria-busy') !== busy) busy ? button.setAttribute('aria-busy', busy) : button.removeAttribute('aria-busy');
  }
  if (undoBar.hidden !== (held === null)) undoBar.hidden = held === null;
}

// Every page of the staff has one element that takes steps: the button itself may be gone by now.
function send({ detail, name, isLeft }) {
  sent.set(keyOfStep(detail), { name, isLeft });
  document.querySelector('[data-takes-steps]').dispatchEvent(new CustomEvent('storeflow.step', {
    bubbles: true, detail: { ...detail, isLeft: Boolean(isLeft) },
  }));
  showWaiting();
}

function hold(step) {
  held = { ...step, at: performance.now(), timer: setTimeout(() => release(), undoTime) };
  undoText.textContent = step.name;
  undoButton.toggleAttribute('data-settling', true);
  setTimeout(() => undoButton.removeAttribute('data-settling'), settleTime);
  showWaiting();
}

// Without a connection it waits for one.
function release(isLeft = false) {
  if (held === null || !isConnected) return;
  const step = { ...held, isLeft };
  clearTimeout(held.timer);
  held = null;
  if (document.querySelector('[data-takes-steps]')) send(step);
  else sendAlone(step);
}

function request({ detail: { order, version, to, reason, note, code } }) {
  const body = JSON.stringify({ status: to, version, reason, note: note || undefined, pickup_code: code });
  return fetch(`/orders/${order}/status`, { method: 'PATCH', keepalive: true, headers: { 'Content-Type': 'application/json' }, body });
}

const tellRefused = (name, why) => tell(say('“{0}” was refused: {1}', name, why));

// The page that is open by now, the figures for example, takes no steps.
async function sendAlone(step) {
  showWaiting();
  const answer = await request(step).catch(() => null);
  if (answer?.ok) return;
  if (!answer) return tellRefused(step.name, say('the server did not answer.'));
  // The server says why in English.
  const { detail } = await answer.json().catch(() => ({}));
  if (detail && document.documentElement.lang === 'en') tellRefused(step.name, detail);
  else tell(say('“{0}” was not done. Look at the order again.', step.name));
}

// It comes where a finger may just come down for something else.
undoButton.addEventListener('click', event => {
  if (held === null || (event.detail !== 0 && performance.now() - held.at < settleTime)) return;
  clearTimeout(held.timer);
  tell(say('“{0}” was not sent.', held.name));
  held = null;
  showWaiting();
});

// A tap on a step says which order and which version of it the person saw.
document.addEventListener('click', event => {
  const button = event.target.closest('button[data-step]');
  if (!button) {
    // The person goes on.
    if (event.target.closest('a[href], [type=submit], #content button')) release(event.target.closest('a[href]') !== null);
    return;
  }
  const { order, version, step, reason, note, minutes, shelf, code, why } = button.dataset;
  if (isWaiting(button.dataset)) return;
  const field = id => document.getElementById(id);
  // The browser says what is missing.
  if ([field(code), field(why)].some(needed => needed && !needed.reportValidity())) return;
  const detail = {
    order: Number(order), version: Number(version), to: step, reason: reason ?? field(why)?.value, note: field(note)?.value,
    minutes: minutes && Number(minutes), shelf: field(shelf)?.value || undefined, code: field(code)?.value || undefined,
  };
  const name = button.dataset.name ?? button.getAttribute('aria-label');
  release();
  if (isConnected && 'ends' in button.dataset) hold({ detail, name });
  else send({ detail, name });
});

// Enter in a field takes the step beside it, as a scanner does after its code.
document.addEventListener('keydown', event => {
  const button = event.key === 'Enter' ? document.getElementById(event.target.dataset?.enter) : null;
  if (!button) return;
  event.preventDefault();
  button.click();
});

// A parcel is sent from the board: a field for the code, Enter, done. The form of the order's page asks for more.
const shipDialog = document.getElementById('ship-dialog');
const shipCode = document.getElementById('ship-code');
document.addEventListener('click', event => {
  const link = event.target.closest('.board a[data-ship]');
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  const { order, version, step, ship } = link.dataset;
  document.getElementById('ship-reference').textContent = ship;
  document.getElementById('ship-more').href = link.href;
  shipCode.value = '';
  document.getElementById('ship-told').textContent = '';
  shipDialog.returnValue = '';
  shipDialog.onclose = () => {
    if (shipDialog.returnValue !== 'ship') return;
    const name = `${link.ariaLabel}, ${shipCode.value}`; // where the line breaks, the message has the code
    send({ detail: { order: Number(order), version: Number(version), to: step, trackingCode: shipCode.value }, name });
  };
  shipDialog.showModal();
}, true);
shipDialog.querySelector('form').addEventListener('submit', event => {
  if (isConnected || event.submitter?.value !== 'ship') return;
  event.preventDefault(); // what was scanned stays
  document.getElementById('ship-told').textContent = say('The connection is lost. Ship it again once it is back.');
});
document.getElementById('ship-more').addEventListener('click', () => shipDialog.close());

// Nobody was there to read the answer to what was sent as the page closed: the history tells the next page whether it was done.
const leftStep = 'storeflow.left';
async function checkLeftStep() {
  const { order, version, to, name } = JSON.parse(localStorage.getItem(leftStep) ?? '{}');
  if (order === undefined) return;
  const answer = await fetch(`/orders/${order}/history`, { cache: 'no-store' });
  if (!answer.ok) return; // signed out, or no longer theirs
  localStorage.removeItem(leftStep);
  const next = (await answer.json()).entries.find(entry => entry.version === version + 1);
  if (next?.meta.new_status !== to) tell(say('“{0}” was sent as the page closed, and was not done. Look at the order again.', name));
}
setTimeout(() => checkLeftStep().catch(() => {}), lostTime); // what was sent has arrived by then

// Who leaves has meant it. A page that closes sends nothing over its connection any more.
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') release(); });
addEventListener('pagehide', () => {
  if (held !== null) {
    const { order, version, to } = held.detail;
    localStorage.setItem(leftStep, JSON.stringify({ order, version, to, name: held.name }));
    request(held);
    held = null;
  }
  if (sent.size > 0) sessionStorage.setItem('storeflow.sent', JSON.stringify([...sent.values()].map(step => step.name)));
});

function tellLost(names) {
  const list = names.map(name => say('“{0}”', name)).join(', ');
  tell(say('The connection was lost while this was on its way: {0}. Look whether it was done.', list));
}

addEventListener('storeflow.connected', event => {
  isConnected = event.detail;
  if (!isConnected) return;
  release();
  const before = [...sent.keys()];
  setTimeout(() => {
    const lost = before.filter(key => sent.has(key));
    if (lost.length === 0) return;
    tellLost(lost.map(key => sent.get(key).name));
    for (const key of lost) sent.delete(key);
    showWaiting();
  }, lostTime);
});

// The layout says which steps were answered, and why one was refused whose page was left meanwhile.
let lastAnswer = -1;
new MutationObserver(() => {
  const answers = document.getElementById('answers')?.dataset ?? {};
  for (const answer of (answers.answered ?? '').split(' ').filter(Boolean)) {
    const [order, version, number] = answer.split(':');
    if (Number(number) <= lastAnswer) continue;
    lastAnswer = Number(number);
    const key = keyOfStep({ order, version });
    const [refused, ...problem] = (answers.refused ?? '').split(' ');
    // The page that could tell it is not there any more.
    if (refused === `${order}:${version}` && sent.get(key)?.isLeft) tellRefused(sent.get(key).name, problem.join(' '));
    sent.delete(key);
  }
  showWaiting();
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ['data-answered', 'data-version'] });

const lostBefore = JSON.parse(sessionStorage.getItem('storeflow.sent') ?? '[]');
sessionStorage.removeItem('storeflow.sent');
if (lostBefore.length > 0) tellLost(lostBefore);
