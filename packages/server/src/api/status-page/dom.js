/** Makes an element: attributes by name, listeners as `onclick` and so on, children as texts and elements. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG_TAGS.has(tag) ? "http://www.w3.org/2000/svg" : XHTML, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== ""));
  return element;
}

const XHTML = "http://www.w3.org/1999/xhtml";
const SVG_TAGS = new Set(["svg", "rect", "circle"]);

/** Makes `parent` show `children`, changing only what differs: nothing jumps, and the focus stays where it is. */
export function show(parent, ...children) {
  const wanted = document.createElement(parent.tagName);
  wanted.append(...children);
  patchChildren(parent, wanted);
}

function patchChildren(current, wanted) {
  const next = [...wanted.childNodes];
  next.forEach((node, index) => {
    const old = current.childNodes[index];
    if (!old) current.append(node);
    else if (old.nodeName !== node.nodeName) old.replaceWith(node);
    else if (node.nodeType === Node.TEXT_NODE) {
      if (old.data !== node.data) old.data = node.data;
    } else patch(old, node);
  });
  while (current.childNodes.length > next.length) current.lastChild.remove();
}

function patch(old, node) {
  for (const { name } of [...old.attributes]) if (!node.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of node.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  old.onclick = node.onclick;
  old.onsubmit = node.onsubmit;
  patchChildren(old, node);
}
