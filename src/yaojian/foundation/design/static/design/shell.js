// Comforts of the frame: fold the navigation, choose the colours, close menus, reach the search by key.
// Every page works without this file.
const root = document.documentElement;

function remember(key, value) {
  if (root.dataset.storage === "refused") return;
  if (value === null) localStorage.removeItem(key);
  else localStorage.setItem(key, value);
}

function setUpFold() {
  const button = document.querySelector("[data-nav-fold]");
  if (!button) return;
  const show = () => button.setAttribute("aria-expanded", String(root.dataset.nav !== "folded"));
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    const folded = root.dataset.nav !== "folded";
    if (folded) root.dataset.nav = "folded";
    else delete root.dataset.nav;
    remember("yaojian.navigation", folded ? "folded" : null);
    show();
    window.dispatchEvent(new Event("resize"));
  });
}

function setUpTheme() {
  const after = { auto: "light", light: "dark", dark: "auto" };
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = after[root.dataset.themeChoice ?? "auto"];
      if (next === "auto") {
        delete root.dataset.themeChoice;
        delete root.dataset.bsTheme;
      } else {
        root.dataset.themeChoice = next;
        root.dataset.bsTheme = next;
      }
      remember("yaojian.theme", next === "auto" ? null : next);
      window.dispatchEvent(new Event("yaojian:theme"));
    });
  }
}

function closeDrawer() {
  if (location.hash !== "#navigation") return;
  // Replacing keeps the back button free of a page that only had its drawer open.
  location.replace("#main");
}

function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function onKey(event) {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    closeDrawer();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const field = document.querySelector(`[data-focus-key="${CSS.escape(event.key)}"]`);
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
for (const closer of document.querySelectorAll("[data-nav-close]")) {
  closer.addEventListener("click", (event) => {
    event.preventDefault();
    closeDrawer();
  });
}
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  // On a narrow page the open tab may lie outside the strip.
  const strip = tab.closest(".tabs");
  strip.scrollLeft = tab.offsetLeft - strip.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
}
document.querySelector("[data-error-summary]")?.focus();
setUpFold();
setUpTheme();
