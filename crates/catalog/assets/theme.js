// Runs before the page is drawn: the reader's own theme, if one was chosen, and the sign that scripts run.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("grotto-theme");
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  } catch { /* storage is off: the system's theme stays */ }
})();
