// Colours that a library writes as `data-style` are set through the style object, which the page's
// content policy allows; a style attribute in markup it does not.
const apply = (element) => {
  if (element.dataset?.style !== undefined) {
    element.style.cssText = element.dataset.style;
    delete element.dataset.style;
  }
};

/** Watch a place for elements with `data-style`. */
export const watchStyles = (place) => {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        apply(node);
        node.querySelectorAll("[data-style]").forEach(apply);
      }
    }
  }).observe(place, { childList: true, subtree: true });
};
