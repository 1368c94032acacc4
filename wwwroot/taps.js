// Keeps a tap with the order that the person saw. What comes in moves nothing under a pointer, and the button of a step takes
// no tap before it has stood in its place for a moment.
const settleTime = 500;   // ms that a button has to stand in its place before it takes a tap
const touchRest = 1000;   // ms after a touch in which the finger may come down again at the same place
const mouseRest = 10000;  // ms without a move after which a mouse is taken to be left alone
const samePlace = 24;     // px between two taps that were meant for the same place
const hasLeft = 10;       // px that a resting pointer has to move before a button that came under it takes a tap
const tellTime = 6000;    // ms

const pointer = { x: -1, y: -1, touch: false, down: false, at: -Infinity, column: null };
const told = document.getElementById('told');
const keyOf = ({ dataset }) => dataset.guarded ?? `${dataset.order} ${dataset.step} ${dataset.minutes ?? ''} ${dataset.why ?? ''}`;
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

function tell(text) {
  told.textContent = text;
  told.hidden = false;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { told.hidden = true; }, tellTime);
}

// Where the cards stand. While a pointer rests on a column, its cards keep their places: one that left leaves a gap, one that
// would push others down is hidden. Columns above keep their height. All of it catches up once the pointer has left.
const tops = new WeakMap();     // a card's <li> to its top within the column
const heights = new WeakMap();  // a column to its height
const listHeights = new WeakMap();  // the same of its list of cards
let boardHeight = 0;

function restedOn() {
  const rest = pointer.down ? Infinity : pointer.touch ? touchRest : mouseRest;
  return pointer.column?.isConnected && performance.now() - pointer.at < rest ? pointer.column : null;
}

// Where a column scrolls by itself, a place in it is one in its content.
const topWithin = (card, column) => card.getBoundingClientRect().top - column.getBoundingClientRect().top + column.scrollTop;

function keepHeight(column, height) {
  column.style.height = height;
  column.style.overflow = height && 'clip';
}

function keepCards(column) {
  const cards = [...column.querySelectorAll(':scope > ul > li')];
  const last = cards.findLastIndex(card => tops.has(card));
  cards.forEach((card, place) => {
    card.style.marginTop = '';
    card.hidden = place < last && !tops.has(card);
  });
  for (const card of cards.slice(0, last + 1)) {
    const gap = card.hidden ? 0 : tops.get(card) - topWithin(card, column);
    if (gap > 0.5) card.style.marginTop = `${gap}px`;
  }
}

function releaseCards(column) {
  for (const card of column.querySelectorAll(':scope > ul > li')) {
    card.style.marginTop = '';
    card.hidden = false;
  }
}

function arrange() {
  const board = document.querySelector('.columns');
  if (!board) return;
  const rested = restedOn();
  // Before anything is measured: a column that becomes shorter than it is scrolled jumps.
  for (const list of board.querySelectorAll('.column > ul')) {
    list.style.minHeight = rested?.contains(list) ? `${listHeights.get(list) ?? 0}px` : '';
  }
  board.style.minHeight = rested ? `${boardHeight}px` : '';
  for (const column of board.querySelectorAll('.column')) {
    const isAbove = rested && column.getBoundingClientRect().bottom <= rested.getBoundingClientRect().top;
    keepHeight(column, isAbove ? `${heights.get(column)}px` : '');
    if (column === rested) keepCards(column);
    else if (!isAbove) releaseCards(column);
  }
  boardHeight = board.getBoundingClientRect().height; // exact: offsetHeight is rounded
  for (const column of board.querySelectorAll('.column')) {
    const list = column.querySelector(':scope > ul');
    listHeights.set(list, list.getBoundingClientRect().height);
    heights.set(column, column.getBoundingClientRect().height);
    for (const card of column.querySelectorAll(':scope > ul > li:not([hidden])')) tops.set(card, topWithin(card, column));
  }
}

// Since when each step has its button where it is, by order and step. A place is one on the page: scrolling moves no button.
let steps = new Map();
let cameUnder = null;  // the button that came under a resting mouse, and where the mouse was
const lastScrolls = new WeakMap();  // the page or a column to how far it was scrolled, px
const pushes = new WeakMap();       // the same to by how much it moved on its own, px: it became shorter than it was scrolled

function pushed(scroller) {
  const { scrollTop, scrollHeight, clientHeight } = scroller;
  const last = lastScrolls.get(scroller) ?? 0;
  if (scrollTop < last && scrollTop >= scrollHeight - clientHeight - 1) pushes.set(scroller, (pushes.get(scroller) ?? 0) + last - scrollTop);
  lastScrolls.set(scroller, scrollTop);
  return pushes.get(scroller) ?? 0;
}

function measure() {
  const now = performance.now();
  const seen = new Map();
  let settling = false;
  const pagePushed = pushed(document.documentElement);
  const columnPushed = new Map([...document.querySelectorAll('.column')].map(column => [column, pushed(column)]));
  for (const button of document.querySelectorAll('.step, [data-guarded]')) {
    const box = button.getBoundingClientRect();
    const left = box.left + scrollX + (button.closest('.columns')?.scrollLeft ?? 0);
    const column = button.closest('.column');
    const top = box.top + scrollY + pagePushed + (column ? column.scrollTop + columnPushed.get(column) : 0);
    const before = steps.get(keyOf(button));
    const moved = !before || Math.abs(before.left - left) + Math.abs(before.top - top) > 4;
    const since = moved ? now : before.since;
    seen.set(keyOf(button), { left, top, since });
    const isUnder = pointer.x >= box.left && pointer.x <= box.right && pointer.y >= box.top && pointer.y <= box.bottom;
    if (moved && isUnder && !pointer.touch) cameUnder = { key: keyOf(button), x: pointer.x, y: pointer.y };
    const settles = now - since < settleTime;
    if (button.hasAttribute('data-settling') !== settles) button.toggleAttribute('data-settling', settles);
    settling ||= settles;
  }
  steps = seen;
  clearTimeout(measure.timer);
  if (settling) measure.timer = setTimeout(measure, settleTime + 10);
}

function settle() {
  arrange();
  measure();
}

function follow() {
  const column = document.elementFromPoint(pointer.x, pointer.y)?.closest('.column') ?? null;
  clearTimeout(follow.timer);
  follow.timer = setTimeout(settle, (pointer.touch ? touchRest : mouseRest) + 10);
  if (column === pointer.column) return;
  pointer.column = column;
  settle();
}

let pressed;  // the step whose button the pointer came down on, null where there was none, undefined before any
for (const type of ['pointermove', 'pointerdown', 'pointerup', 'pointercancel']) {
  addEventListener(type, event => {
    Object.assign(pointer, { x: event.clientX, y: event.clientY, touch: event.pointerType === 'touch', at: event.timeStamp });
    if (type === 'pointerdown') {
      const button = event.target.closest?.('.step, [data-guarded]');
      pressed = button ? keyOf(button) : null;
    }
    if (type !== 'pointermove') pointer.down = type === 'pointerdown';
    if (cameUnder && distance(pointer, cameUnder) > hasLeft) cameUnder = null;
    follow();
  }, { capture: true, passive: true });
}

function leave() {
  Object.assign(pointer, { x: -1, y: -1, down: false, at: -Infinity, column: null });
  settle();
}
document.documentElement.addEventListener('pointerleave', event => { if (event.pointerType !== 'touch') leave(); });
// Who types does not point.
addEventListener('keydown', leave, true);

addEventListener('scroll', () => {
  measure();
  if (pointer.column) follow();
}, { capture: true, passive: true });
addEventListener('resize', settle);
new MutationObserver(settle).observe(document.body, { childList: true, subtree: true, attributeFilter: ['data-order', 'data-step', 'data-guarded'] });

let taken = { at: -Infinity };  // the last tap that a step was taken for
addEventListener('click', event => {
  const button = event.target.closest?.('.step, [data-guarded]');
  if (event.detail === 0 || !event.target.closest?.('.columns, .steps, [data-guarded]')) return;  // a key is always meant
  const refuse = text => {
    event.preventDefault();
    event.stopImmediatePropagation();
    tell(text);
  };
  const tap = { x: event.clientX, y: event.clientY, at: event.timeStamp, name: button?.getAttribute('aria-label') ?? button?.textContent.trim() };
  if (tap.at - taken.at < settleTime && distance(tap, taken) < samePlace) {
    refuse(say('“{0}” was tapped just before. This second tap did nothing.', taken.name));
  } else if (button) {
    const stands = tap.at - (steps.get(keyOf(button))?.since ?? tap.at) >= settleTime;
    const again = stands && !pointer.touch
      ? say('Move the pointer and click again if you mean it.')
      : say('Tap again if you mean it.');
    const wasPressed = pressed === undefined || pressed === keyOf(button);
    if (stands && wasPressed && cameUnder?.key !== keyOf(button)) taken = tap;
    else refuse(`${say('“{0}” had only just come there, so this tap did nothing.', tap.name)} ${again}`);
  }
  pressed = undefined;
}, true);
