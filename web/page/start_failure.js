// Says so if the page cannot start: the browser is too old for its script, or the script did not arrive. Runs in any
// browser, so it is written in the JavaScript of 2009 and imports nothing.

(function () {
  /** @param {string} id the text's */
  function tell(id) {
    var text = document.getElementById(id);
    if (text && !document.body.getAttribute("data-state")) text.hidden = false;
  }

  /** @param {Event} event */
  function explain(event) {
    var source = /** @type {Node | Window | null} */ (event.target);
    if (source === window) tell("outdated");
    else if (source && /** @type {Node} */ (source).nodeName === "SCRIPT") tell("incomplete");
  }

  window.addEventListener("error", explain, true);
  window.addEventListener("unhandledrejection", explain);
  if (!("noModule" in document.createElement("script"))) tell("outdated");
})();
