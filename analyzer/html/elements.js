// Building the page. Text goes in as text nodes only, so that no name can become markup.

// element('p', {class: 'note'}, 'text', child, …); null children are left out.
function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// Control and direction characters can make a name look like another: they are shown as escapes.
function shown(text) {
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const numbers = new Intl.NumberFormat('en');
const count = (value) => numbers.format(value);
const hex = (value) => `0x${value.toString(16)}`;
const plural = (value, word) => `${count(value)} ${word}${value === 1 ? '' : 's'}`;

function duration(microseconds) {
  if (microseconds < 1000) return `${count(microseconds)} µs`;
  if (microseconds < 1e6) return `${count(Math.round(microseconds / 100) / 10)} ms`;
  return `${count(Math.round(microseconds / 1e4) / 100)} s`;
}

function functionName(fn) {
  return fn.name ? `${shown(fn.name)} (func[${fn.index}])` : `func[${fn.index}]`;
}

// A section is shown when it has something in it.
function fill(id, ...children) {
  const section = document.getElementById(id);
  section.replaceChildren(...children.filter((child) => child !== null));
  section.hidden = section.childElementCount === 0;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or no secure context: the older way needs a selection.
    const area = element('textarea', {class: 'visually-hidden', 'aria-hidden': 'true'});
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  }
}

function copyButton(text) {
  const button = element('button', {type: 'button', 'aria-label': `Copy ${shown(text)}`}, 'Copy');
  const said = element('span', {class: 'visually-hidden', role: 'status'});
  button.addEventListener('click', async () => {
    const copied = await copyText(text);
    button.textContent = copied ? 'Copied' : 'Not copied';
    said.textContent = copied ? 'Copied to the clipboard' : 'Could not be copied';
    setTimeout(() => {
      button.textContent = 'Copy';
      said.textContent = '';
    }, 2000);
  });
  return [button, said];
}
