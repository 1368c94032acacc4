// What both pages need.

/** Where StoreFlow is. */
export const server = document.querySelector<HTMLMetaElement>('meta[name=storeflow]')?.content ?? '';

/** The element with this id. */
export function find<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type))
    throw new Error(`The page has no ${id} of this kind.`);
  return element;
}

/** A new element with a text. */
export function make(tag: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
