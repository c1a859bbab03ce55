"use strict";
// A link to a section or a figure inside a folded part unfolds it.
(() => {
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let part = target && target.parentElement; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
    if (target) for (const part of target.querySelectorAll(":scope > details.folded")) part.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();
  // On a phone the contents begin folded.
  const contents = document.querySelector(".contents details");
  if (contents && matchMedia("(max-width: 60rem)").matches) contents.open = false;
})();
