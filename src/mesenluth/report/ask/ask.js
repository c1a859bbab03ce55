// From a number to the patients behind it, from a patient to the time points, the lesions and the records.
(() => {
  const words = JSON.parse(document.getElementById("ask-words").textContent);
  const panel = document.getElementById("ask");
  const body = panel.querySelector(".ask-body");
  const heading = panel.querySelector("h2");
  const back = panel.querySelector(".ask-back");
  const SHOWN = 100;
  const trail = [];
  const unpacked = new Map();

  // Each block is unpacked once, when it is first needed.
  const unpack = (id) => {
    if (!unpacked.has(id)) {
      const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
      const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      unpacked.set(id, new Response(plain).json());
    }
    return unpacked.get(id);
  };

  const element = (tag, about = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(about)) {
      if (name === "onclick") made.addEventListener("click", value);
      else made.setAttribute(name, value);
    }
    made.append(...inside.filter((part) => part !== null && part !== undefined));
    return made;
  };
  const fill = (template, fields) => template.replace(/\{(\w+)\}/g, (_, name) => fields[name]);

  const places = (index, list) => {
    let place = 0;
    return index.lists[list].map((step) => (place += step));
  };

  // A table of rows that are arrays, under the columns' names; `last` adds a cell to each row.
  const table = (index, columns, rows, label, last) => {
    const kept = columns.map((_, i) => i).filter((i) => rows.some((row) => row[i] !== null));
    const head = element("tr", {}, ...kept.map((i) => element("th", { scope: "col" }, index.columns[columns[i]])));
    if (last) head.append(element("th", { scope: "col" }, words.lesions));
    const lines = rows.map((row) => {
      const cells = kept.map((i) => {
        const value = row[i];
        if (value === null) return element("td", {}, "");
        if (columns[i] === "rule" && index.rules[value]) {
          return element("td", {}, element("code", {}, value), element("span", { class: "ask-rule" }, index.rules[value]));
        }
        if (columns[i] === "record_ids" || columns[i] === "record_id") {
          return element("td", { class: "ask-records" }, ...String(value).split(" ").map((id) => element("code", {}, id)));
        }
        if (typeof value === "boolean") return element("td", {}, value ? words.yes : words.no);
        if (typeof value === "number") return element("td", { class: "gt_right" }, value.toLocaleString(document.documentElement.lang));
        return element("td", String(value).length > 40 ? { class: "ask-long" } : {}, String(value));
      });
      if (last) cells.push(element("td", {}, last(row)));
      return element("tr", {}, ...cells);
    });
    const whole = element("table", { class: "gt_table" }, element("thead", {}, head), element("tbody", {}, ...lines));
    return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": label }, whole);
  };

  const show = (title, parts, remember) => {
    if (remember) trail.push(remember);
    back.hidden = trail.length < 2;
    heading.textContent = title;
    body.replaceChildren(...parts);
    if (!panel.open) panel.showModal();
    body.scrollTop = 0;
    heading.focus();
  };

  const patientList = (index, who) => {
    const list = element("ul", { class: "ask-patients" });
    const more = (from) => {
      for (const place of who.slice(from, from + SHOWN)) {
        const about = [index.patients.centre[place], index.patients.origin[place] ?? index.patients.excluded[place]];
        const open = element("button", { type: "button", class: "ask", onclick: () => patient(place) }, index.patients.id[place]);
        list.append(element("li", {}, open, " ", element("span", {}, about.filter(Boolean).join(" · "))));
      }
      if (from + SHOWN < who.length) {
        const left = who.length - from - SHOWN;
        const next = element("button", { type: "button", onclick: () => { next.parentElement.remove(); more(from + SHOWN); } }, fill(words.more, { n: left }));
        list.append(element("li", {}, next));
      }
    };
    more(0);
    return list;
  };

  const question = async (name, asked, forward = true) => {
    const index = await unpack("ask-index");
    const [title, groups] = index.answers[name];
    const parts = [element("p", { class: "ask-number" }, asked)];
    for (const [said, list] of groups) {
      const who = places(index, list);
      const summary = element("summary", {}, `${said}: ${fill(words.patients, { n: who.length })}`);
      const group = element("details", {}, summary);
      const first = groups.indexOf(groups.find((g) => g[1] === list)) === 0;
      group.append(patientList(index, who));
      group.open = first;
      parts.push(group);
    }
    show(title, parts, forward && (() => question(name, asked, false)));
  };

  const lesions = (index, rows, columns, point) => {
    const at = Object.fromEntries(columns.map((column, i) => [column, i]));
    const [compartment, evaluator, timepoint] = point;
    const mine = rows.filter((row) => row[at.evaluator] === evaluator && row[at.timepoint] === timepoint
      && (compartment === index.whole || row[at.compartment] === compartment));
    return table(index, columns, mine, words.lesions);
  };

  const patient = async (place, forward = true) => {
    const index = await unpack("ask-index");
    const block = await unpack(`ask-${Math.floor(place / index.perBlock)}`);
    const within = place % index.perBlock;
    const about = [index.patients.centre[place], index.patients.origin[place] && fill(words.origin, { date: index.patients.origin[place] }),
      index.patients.excluded[place] && fill(words.excluded, { criterion: index.patients.excluded[place] })];
    const parts = [element("p", {}, about.filter(Boolean).join(" · "))];
    for (const [name, [title, columns]] of Object.entries(index.parts)) {
      const rows = block[name][within];
      if (!rows.length) continue;
      let inside;
      if (name === "timepoints") {
        const found = block.lesions[within];
        const lesionColumns = index.parts.lesions[1];
        inside = table(index, columns, rows, title, (row) => {
          const button = element("button", { type: "button", class: "ask", "aria-expanded": "false", onclick: () => {
            const line = button.closest("tr");
            const opened = button.getAttribute("aria-expanded") === "true";
            button.setAttribute("aria-expanded", String(!opened));
            if (opened) return line.nextElementSibling.remove();
            const cell = element("td", { colspan: line.children.length }, lesions(index, found, lesionColumns, row));
            line.after(element("tr", { class: "ask-lesions" }, cell));
          } }, words.show);
          return button;
        });
      } else {
        inside = table(index, columns, rows, title);
      }
      const part = element("details", { "data-part": name }, element("summary", {}, `${title} (${rows.length})`), inside);
      part.open = name === "best" || name === "timepoints" || (name === "eligibility" && parts.length === 1);
      parts.push(part);
    }
    show(fill(words.patient, { id: index.patients.id[place] }), parts, forward && (() => patient(place, false)));
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-ask]");
    if (!button) return;
    trail.length = 0;
    question(button.dataset.ask, button.textContent);
  });
  back.addEventListener("click", () => {
    trail.pop();
    trail.at(-1)();
  });
  panel.querySelector(".ask-close").addEventListener("click", () => panel.close());
  panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
})();
