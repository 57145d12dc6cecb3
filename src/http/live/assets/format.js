/** Numbers and ages as people read them. */

const grouping = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function grouped(value) {
  return grouping.format(Math.round(value));
}

export function duration(seconds) {
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
}

export function bitRate(bytesPerSecond) {
  const bits = bytesPerSecond * 8;
  if (bits >= 1e9) return `${(bits / 1e9).toFixed(2)} Gbit/s`;
  return bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bits / 1e3)} kbit/s`;
}

export function stateName(state) {
  return state.replaceAll('_', '-');
}

export function where(endpoint) {
  if (endpoint === null) return 'unknown';
  return endpoint.address.includes(':')
    ? `[${endpoint.address}]:${endpoint.port}`
    : `${endpoint.address}:${endpoint.port}`;
}

/** An element with text and children. Text is always text: what peers send never becomes markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  return made;
}

/** Sets the text only when it changed, so that a screen reader is not disturbed and a selection stays. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}
