// Before the first paint: the theme that was chosen here, so that nothing flashes.
(function () {
    let theme = null;
    try { theme = localStorage.getItem("theme"); } catch { /* storage may be off */ }
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
