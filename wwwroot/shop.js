// The shop works without this: it adds buttons for quantities, the sum, and a basket that outlives a reload.
const form = document.querySelector('form[data-shop]');
const quantities = [...form.querySelectorAll('input[data-price]')];
const sum = form.querySelector('[data-sum]');
const basket = `storeflow.basket.${location.pathname}`;

// Written like the server's own amounts, in the page's language.
const { money: pattern, decimal, group, groupFrom, decimals, total, totalWithShipping, gone } = form.dataset;
function money(minor) {
  const [whole, rest] = (minor / 10 ** decimals).toFixed(decimals).split('.');
  const grouped = whole.length < groupFrom ? whole : whole.replace(/\B(?=(\d{3})+$)/g, group);
  return fill(pattern, rest ? grouped + decimal + rest : grouped);
}

// A text of the server with its places filled.
const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, place) => values[place]);

function add() {
  const items = quantities.reduce((total, field) => total + Number(field.value) * Number(field.dataset.price), 0);
  const isShipping = form.elements.namedItem('fulfilment_type').value === 'shipping';
  const shipping = isShipping ? Number(form.elements.namedItem('shipping.method').selectedOptions[0]?.dataset.price ?? 0) : 0;
  if (!sum) return;
  sum.hidden = items === 0;
  sum.textContent = shipping === 0 ? fill(total, money(items)) : fill(totalWithShipping, money(items + shipping), money(shipping));
}

for (const field of quantities) {
  const change = by => {
    field.value = Math.min(999, Math.max(0, Number(field.value) + by)) || '';
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
  for (const [name, by] of [['less', -1], ['more', 1]]) {
    const button = field.parentElement.querySelector(`[data-${name}]`);
    button.hidden = false;
    button.addEventListener('click', () => change(by));
  }
}

function keep() {
  const fields = [...new FormData(form)].filter(([name, value]) => name !== 'by' && value !== '');
  sessionStorage.setItem(basket, JSON.stringify(fields));
}

// What the server answers with has what was typed. The page of a placed order removes the basket.
function restore() {
  const kept = JSON.parse(sessionStorage.getItem(basket) ?? '[]');
  if (form.hasAttribute('data-answered')) return;
  for (const [name, value] of kept) {
    const field = form.elements.namedItem(name);
    if (!field) continue;
    field.value = value;
    if (field.value === value) continue;
    // The time that was chosen is gone meanwhile.
    field.value = '';
    const note = document.createElement('p');
    note.className = 'problem';
    note.textContent = gone;
    field.after(note);
  }
}

form.addEventListener('input', () => { add(); keep(); });
form.addEventListener('change', () => { add(); keep(); });
form.addEventListener('submit', () => { keep(); sessionStorage.setItem('storeflow.sent-basket', basket); });
restore();
add();
// Back from the order's page: the browser has filled in the fields without a word.
// A basket that was placed is empty: what stands in the fields would be ordered again.
addEventListener('pageshow', () => {
  if (!sessionStorage.getItem(basket) && !form.hasAttribute('data-answered')) for (const field of quantities) field.value = '';
  add();
});
