// Lets a customer be told of the order also while this page is closed, on their own tap only. The words stand in the page.
'use strict';
{
  const canBeTold = isSecureContext && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  // There it works from the Home Screen only.
  const needsHomeScreen = !canBeTold && isSecureContext && navigator.standalone === false;
  const scope = '/track/';
  const prefix = 'storeflow.told.';
  const mine = prefix + location.pathname;
  const section = () => document.querySelector('[data-push]');

  let state = 'off';
  let settling;

  function show(next) {
    const there = section();
    if (there && next !== state) settle(there);
    state = next;
    if (!there) return;
    there.hidden = !(canBeTold ? 'due' in there.dataset || state === 'on' : needsHomeScreen && 'due' in there.dataset);
    for (const part of there.querySelectorAll('[data-state]')) part.toggleAttribute('data-shown', part.dataset.state === state);
  }

  // The second tap of two is for the button that was there before.
  function settle(there) {
    clearTimeout(settling);
    there.toggleAttribute('data-settling', true);
    settling = setTimeout(() => there.toggleAttribute('data-settling', false), 500);
  }

  function change(next) {
    show(next);
    const words = section()?.querySelector('[data-shown] p');
    if (words) document.getElementById('announcement').textContent = words.textContent.trim();
  }

  async function call(method, subscription) {
    const { endpoint, keys } = subscription?.toJSON() ?? {};
    const answer = await fetch(section().dataset.push, subscription
      ? { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ endpoint, keys }) }
      : { cache: 'no-store' });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    return answer;
  }

  const found = async () => (await navigator.serviceWorker.getRegistration(scope))?.pushManager.getSubscription();

  function hasKey(subscription, key) {
    const bytes = new Uint8Array(subscription.options.applicationServerKey ?? []);
    return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') === key;
  }

  async function subscribe() {
    const { public_key: key } = await (await call('GET')).json();
    await navigator.serviceWorker.register('/push-worker.js', { scope });
    const { pushManager } = await navigator.serviceWorker.ready;
    const old = await pushManager.getSubscription();
    if (old && hasKey(old, key)) return old;
    await old?.unsubscribe();
    return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  }

  async function turnOn() {
    change('asking');
    try {
      const permission = await Notification.requestPermission();
      if (permission !== 'granted') {
        change(permission === 'denied' ? 'refused' : 'off');
        return;
      }
      await call('POST', await subscribe());
      localStorage.setItem(mine, 'on');
      change('on');
    } catch {
      change('failed');
    }
  }

  // The browser has one subscription for all orders here: the last one takes it away.
  async function forget(subscription) {
    localStorage.removeItem(mine);
    if (!Object.keys(localStorage).some(key => key.startsWith(prefix))) await subscription?.unsubscribe();
  }

  async function turnOff() {
    change('asking');
    try {
      const subscription = await found();
      if (subscription) await call('DELETE', subscription);
      await forget(subscription);
      change('off');
    } catch {
      change('failed');
    }
  }

  // What was on when the page was last open is true only if browser and server still say so.
  async function check() {
    if (Notification.permission === 'denied') show('refused');
    if (!localStorage.getItem(mine)) return;
    try {
      const subscription = await found();
      if (!section() || !subscription || Notification.permission !== 'granted') return await forget(subscription);
      await call('POST', subscription);
      show('on');
    } catch {
      show('failed');
    }
  }

  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-turn]');
    if (!button || section().hasAttribute('data-settling')) return;
    if (button.dataset.turn === 'on') turnOn(); else turnOff();
  });
  document.addEventListener('fresh', () => show(state));

  if (section() && !canBeTold) show(needsHomeScreen ? 'home-screen' : 'off');
  if (canBeTold) {
    show('off');
    check();
  }
}
