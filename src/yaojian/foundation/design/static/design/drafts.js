// Keeps what is typed into a form until the server has taken it: an expired session or a closed tab loses nothing.
// Drafts live in this tab only (sessionStorage) and go when the server confirms or the person signs out.
const PREFIX = "yaojian.draft.";
const TEXT_TYPES = new Set(["text", "date", "datetime-local", "number"]);

function keyOf(form) {
  return PREFIX + new URL(form.action, location.href).pathname;
}

function textFields(form) {
  return [...form.elements].filter(
    (field) => field.name && (field.tagName === "TEXTAREA" || (field.tagName === "INPUT" && TEXT_TYPES.has(field.type))),
  );
}

function drafts() {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
}

function save(form, sent) {
  const values = Object.fromEntries(textFields(form).map((field) => [field.name, field.value]));
  sessionStorage.setItem(keyOf(form), JSON.stringify({ values, sent }));
}

function restore(form) {
  const kept = sessionStorage.getItem(keyOf(form));
  if (!kept) return;
  const { values } = JSON.parse(kept);
  const empty = textFields(form).filter((field) => field.tagName === "TEXTAREA" && !field.value && values[field.name]);
  if (!empty.length) return;
  for (const field of textFields(form)) if (!field.value && values[field.name]) field.value = values[field.name];
  const notice = document.createElement("p");
  notice.className = "notice notice-info";
  notice.setAttribute("role", "status");
  notice.textContent = document.body.dataset.draftRestored;
  form.prepend(notice);
}

function setUp() {
  const taken = document.querySelector("#messages .notice-done");
  for (const key of drafts()) if (taken && JSON.parse(sessionStorage.getItem(key)).sent) sessionStorage.removeItem(key);
  for (const form of document.querySelectorAll("main form[method=post]")) {
    if (!form.querySelector("textarea")) continue;
    restore(form);
    form.addEventListener("input", () => save(form, false));
    form.addEventListener("submit", () => save(form, true));
  }
  for (const form of document.querySelectorAll("form[action$='/sign-out/']")) {
    form.addEventListener("submit", () => drafts().forEach((key) => sessionStorage.removeItem(key)));
  }
}

try {
  setUp();
} catch (error) {
  if (!(error instanceof DOMException)) throw error; // the browser refuses storage: forms work as before
}
