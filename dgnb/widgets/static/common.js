// What several widgets need: elements made safely, and times as text.

// An element with a class and, as text and never as markup, what it says.
export function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

// An element that gets its keys: in command mode JupyterLab takes Enter and the arrows from any other.
export function keyed(element) {
  element.setAttribute("data-lm-suppress-shortcuts", "true");
  return element;
}

// A button that says what it does.
export function button(label, act, { title = label, pressed } = {}) {
  const element = keyed(make("button", "dgnb-button", label));
  element.type = "button";
  element.title = title;
  if (pressed !== undefined) element.setAttribute("aria-pressed", String(pressed));
  element.addEventListener("click", act);
  return element;
}

// The sign of what the sandbox has made.
export function badge() {
  const element = make("strong", "dgnb-badge", "sandbox");
  element.title = "Made offline by dgnb, not by the service";
  return element;
}

// Have the browser save a file.
export function download(name, type, content) {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Seconds as m:ss, from an hour on as h:mm:ss.
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

// Text without characters that act instead of being read: controls, and marks that turn the direction.
export function clean(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
