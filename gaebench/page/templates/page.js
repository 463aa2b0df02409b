"use strict";

// ---- tables: a header sorts its rows, group by group: one way, the other way, as they were

function comparing(column, sign) {
  return (a, b) => {
    const [x, y] = [a.cells[column], b.cells[column]];
    const [k, l] = [x.dataset.key, y.dataset.key];
    if (k !== undefined && l !== undefined) return sign * (k - l);
    if (k !== undefined || l !== undefined) return k === undefined ? 1 : -1;
    const [s, t] = [x.textContent.trim(), y.textContent.trim()];
    if (!s || !t) return (s ? 0 : 1) - (t ? 0 : 1);
    return sign * s.localeCompare(t, "en", { numeric: true });
  };
}

function sortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  const bodies = [...table.tBodies].map((body) => [body, [...body.rows].filter((row) => !row.classList.contains("group"))]);
  heads.forEach((head, column) => {
    const title = head.querySelector(".title");
    const button = document.createElement("button");
    button.type = "button";
    button.append(...title.childNodes);
    title.append(button);
    const numeric = bodies.some(([, rows]) => rows.some((row) => row.cells[column].dataset.key !== undefined));
    const cycle = numeric ? ["descending", "ascending", ""] : ["ascending", "descending", ""];
    button.addEventListener("click", () => {
      const way = cycle[(cycle.indexOf(head.getAttribute("aria-sort") ?? "") + 1) % cycle.length];
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (way) head.setAttribute("aria-sort", way);
      for (const [body, rows] of bodies) {
        const order = way ? [...rows].sort(comparing(column, way === "ascending" ? 1 : -1)) : rows;
        body.append(...order);
      }
    });
  });
}

// ---- charts: the numbers of the table below one are read at the pointer, or by arrow keys

function element(name, className, parent) {
  const made = document.createElement(name);
  made.className = className;
  parent.append(made);
  return made;
}

function readable(chart) {
  const plot = chart.querySelector(".plot");
  const lines = [...plot.querySelectorAll("polyline")];
  const names = [...chart.querySelectorAll(".legend .title")].map((title) => title.textContent);
  const rows = [...chart.querySelectorAll(".numbers tbody tr")];
  const cross = element("div", "cross", plot);
  const tip = element("div", "tip", plot);
  tip.setAttribute("role", "status");
  const dots = lines.map((line) => {
    const dot = element("i", "reading", plot);
    dot.style.setProperty("--colour", line.style.getPropertyValue("--colour"));
    return dot;
  });
  let at = -1;

  function hide() {
    at = -1;
    for (const part of [cross, tip, ...dots]) part.hidden = true;
  }

  function show(index) {
    at = index;
    const row = rows[index];
    const left = Number(row.dataset.left);
    cross.hidden = tip.hidden = false;
    cross.style.left = `${left}%`;
    tip.replaceChildren();
    element("b", "", tip).textContent = row.cells[0].textContent;
    lines.forEach((line, number) => {
      const cell = row.cells[number + 1];
      const shown = cell.dataset.top !== undefined && !line.hasAttribute("hidden");
      const top = Number(cell.dataset.top);
      dots[number].hidden = !shown || top < 0 || top > 100;
      if (!shown) return;
      dots[number].style.left = `${left}%`;
      dots[number].style.top = `${top}%`;
      const entry = element("div", "", tip);
      element("span", "", entry).textContent = names[number];
      element("span", "", entry).textContent = cell.textContent;
    });
    const right = left > 50;
    tip.style.left = right ? "" : `calc(${left}% + 0.8rem)`;
    tip.style.right = right ? `calc(${100 - left}% + 0.8rem)` : "";
  }

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const x = (100 * (event.clientX - box.left)) / box.width;
    const far = rows.map((row) => Math.abs(Number(row.dataset.left) - x));
    show(far.indexOf(Math.min(...far)));
  });
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("blur", hide);
  plot.addEventListener("keydown", (event) => {
    const last = rows.length - 1;
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (event.key === "Escape") hide();
    if (next === undefined) return;
    event.preventDefault();
    show(Math.min(Math.max(next, 0), last));
  });
  chart.querySelectorAll(".legend .title").forEach((title, number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.append(...title.childNodes);
    title.append(button);
    button.addEventListener("click", () => {
      const off = lines[number].toggleAttribute("hidden");
      button.setAttribute("aria-pressed", String(!off));
      plot.querySelectorAll(`.mark[data-line="${number}"]`).forEach((mark) => (mark.hidden = off));
    });
  });
  hide();
}

document.querySelectorAll("table.sortable").forEach(sortable);
document.querySelectorAll(".chart").forEach(readable);
