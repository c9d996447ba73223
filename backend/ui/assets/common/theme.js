// Light or dark theme, from the system setting or the user's choice. A classic script in the head, to run before the
// first paint.

(function () {
  const root = document.documentElement;
  const NAMES = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };
  const SIGNS = { auto: "◐", light: "☀", dark: "☾" };

  function chosen() {
    try {
      return NAMES[localStorage.theme] ? localStorage.theme : "auto";
    } catch {
      return "auto"; // storage is disabled
    }
  }

  function apply(theme) {
    root.dataset.theme = theme;
    const button = document.getElementById("theme");
    if (!button) return;
    button.textContent = SIGNS[theme];
    button.setAttribute("aria-label", NAMES[theme]);
    button.title = NAMES[theme];
  }

  function next() {
    const names = Object.keys(NAMES);
    const theme = names[(names.indexOf(root.dataset.theme) + 1) % names.length];
    try {
      localStorage.theme = theme;
    } catch {
      // then it lasts for this page only
    }
    apply(theme);
  }

  apply(chosen());
  document.addEventListener("DOMContentLoaded", () => {
    apply(chosen());
    document.getElementById("theme").addEventListener("click", next);
  });
})();
