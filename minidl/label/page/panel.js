// What is seen beside the stage: made anew from the page's state whenever that has changed.

import { css, describe } from "./drawing.js";
import { ARROWS, COMMANDS, keysOf, nameOf } from "./keys.js";

const FILTERS = {
  all: "all",
  unlabelled: "unlabelled",
  labelled: "labelled",
  skipped: "skipped",
  disagreed: "disagreed",
  suspected: "suspected wrong",
};

const $ = (id) => document.getElementById(id);

function element(tag, fields = {}, ...children) {
  const made = Object.assign(document.createElement(tag), fields);
  made.append(...children);
  return made;
}

const key = (text) => element("kbd", { textContent: text });

/** Show the filters and the table of keys, which stay the same. */
export function build() {
  $("filter").replaceChildren(...Object.keys(FILTERS).map((value) => element("option", { value })));
  const rows = Object.entries(COMMANDS).filter(([, [, text]]) => text);
  $("keys").replaceChildren(
    element("tr", {}, element("td", {}, key("1 … 0, A …")), element("td", { textContent: "the class with this key" })),
    ...rows.map(([name, [, text]]) => element("tr", {}, element("td", {}, key(nameOf(name))), element("td", { textContent: text }))),
    ...ARROWS.map(([name, text]) => element("tr", {}, element("td", {}, key(name)), element("td", { textContent: text }))),
  );
}

/** Bring all up to date with the page's state. */
export function render(view) {
  renderState(view);
  renderItem(view);
  renderClasses(view);
  renderDrawn(view);
}

function renderState({ state, filter }) {
  const { counts, learning } = state;
  const done = counts.labelled + counts.skipped;
  const skipped = counts.skipped ? `, ${counts.skipped} skipped` : "";
  $("progress-text").textContent = `${counts.labelled} of ${counts.all} labelled${skipped}`;
  $("progress").max = counts.all;
  $("progress").value = done;
  for (const option of $("filter").options) {
    option.textContent = `${FILTERS[option.value]} (${counts[option.value]})`;
  }
  $("filter").value = filter;
  $("learning").textContent = learning?.text ? `Model: ${learning.text}` : "";
  $("learning").classList.toggle("error", Boolean(learning?.error));
  $("learn").hidden = !learning?.learns;
  $("learn").disabled = Boolean(learning?.busy);
}

function renderItem({ item, drawing, filter }) {
  $("path").textContent = item?.path ?? "";
  $("saved").textContent = item ? savedText(item, drawing) : "";
  $("suspected").hidden = item?.suspected == null;
  $("suspected").textContent = `Suspected wrong${item?.suspected ? `: ${item.suspected}` : ""}`;
  $("empty").hidden = Boolean(item && !item.error);
  $("empty").textContent = item
    ? `This image cannot be shown: ${item.error ?? ""}`
    : `No image is ${FILTERS[filter]}. Press F to choose others.`;
  $("guess").hidden = !item?.guesses.length;
  $("guesses").replaceChildren(...(item?.guesses ?? []).map(([name, p]) => element(
    "li", {},
    element("span", { textContent: name }),
    element("span", { textContent: `${(100 * p).toFixed(0)} %` }),
    element("meter", { value: p, ariaLabel: name }),
  )));
  $("others").hidden = !item?.others.length;
  $("opinions").replaceChildren(...(item?.others ?? []).map(({ annotator, annotation }) => element(
    "li", { textContent: `${annotator}: ${describe(annotation)}` },
  )));
  const boxes = drawing?.boxes.length ?? 0;
  $("stage").ariaLabel = item ? `Image ${item.path}, ${boxes === 1 ? "1 box" : `${boxes} boxes`}` : "No image";
}

function savedText(item, drawing) {
  const text = describe(item.annotation);
  const given = item.given && !item.annotation ? `, in the folder ${item.given}` : "";
  return `${text}${given}${drawing.changed ? " · drawn, not saved yet" : ""}`;
}

function renderClasses({ state, item, drawing, stage, choose }) {
  const current = stage.tool === "class" ? drawing?.label ?? item?.given : state.classes[stage.current];
  const wanted = $("find").value.toLowerCase();
  const keys = keysOf(state.classes, state.details);
  $("find").hidden = !keys.includes(undefined);
  $("no-classes").hidden = state.classes.length > 0;
  $("classes").replaceChildren(...state.classes.map((name, index) => {
    const swatch = element("span", { className: "swatch" });
    swatch.style.background = css(index);
    const button = element(
      "button",
      { type: "button", hidden: !name.toLowerCase().includes(wanted), ariaPressed: String(name === current) },
      swatch,
      element("span", { className: "name", textContent: name }),
    );
    button.title = state.details[name]?.definition ?? "";
    if (keys[index]) {
      button.append(key(nameOf(keys[index])));
      button.setAttribute("aria-keyshortcuts", keys[index]);
    }
    button.addEventListener("click", () => { $("stage").focus(); choose(index); });
    return button;
  }));
  for (const button of document.querySelectorAll("[data-tool]")) {
    button.ariaPressed = String(button.dataset.tool === stage.tool);
  }
  $("radius").value = stage.radius;
  $("brush").hidden = stage.tool !== "brush" && stage.tool !== "erase";
}

function renderDrawn({ drawing, select }) {
  const boxes = drawing?.boxes ?? [];
  $("drawn").hidden = !boxes.length;
  $("parts").replaceChildren(...boxes.map((box, index) => {
    const text = `${box.class}: ${box.x}, ${box.y}, ${box.width} × ${box.height}`;
    const button = element("button", {
      type: "button", textContent: text, ariaPressed: String(index === drawing.selected),
    });
    button.addEventListener("click", () => {
      $("stage").focus();
      select(index);
    });
    return element("li", {}, button);
  }));
}
