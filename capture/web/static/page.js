// What all modules of the page share: its texts, its keys, its elements.
export const texts = JSON.parse(document.getElementById("texts").textContent);
export const keys = JSON.parse(document.getElementById("keys").textContent);
export const byId = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// Writes only what is new: screen readers read an element again whenever it is written to.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
