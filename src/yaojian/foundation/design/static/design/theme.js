// Runs before the first paint, so that neither the colours nor the navigation jump.
(function () {
  const root = document.documentElement;
  root.dataset.script = "on";
  let theme = null;
  let nav = null;
  try {
    theme = localStorage.getItem("yaojian.theme");
    nav = localStorage.getItem("yaojian.navigation");
  } catch (refused) {
    // A browser that forbids storage shows the device's colours and the open navigation.
    root.dataset.storage = "refused";
  }
  if (theme === "light" || theme === "dark") {
    root.dataset.bsTheme = theme;
    root.dataset.themeChoice = theme;
  }
  if (nav === "folded") root.dataset.nav = "folded";
})();
