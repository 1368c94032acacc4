// What the scripts of the staff pages say, in the language of the page: App.razor brings the texts, English stands in the scripts.
const texts = JSON.parse(document.getElementById('texts').textContent);
const say = (text, ...values) => (texts[text] ?? text).replace(/\{(\d)\}/g, (_, place) => values[place]);
