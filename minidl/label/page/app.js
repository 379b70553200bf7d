// The page: shows one image after the other, and saves what is said of each.

import * as server from "./server.js";
import * as panel from "./panel.js";
import { Drawing, describe, useColours } from "./drawing.js";
import { COMMANDS, keysOf } from "./keys.js";
import { Stage } from "./stage.js";

const POLL = 1500; // milliseconds between questions to a model that learns

const $ = (id) => document.getElementById(id);
const stage = new Stage($("stage"), render, (scale) => {
  $("zoom").value = `${Math.round(100 * scale)} %`;
});

let state; // what the server says of all images
let item = null; // and of the one on the stage
let drawing = null; // what is said of it, and not saved yet
let filter = "unlabelled";
let round = 0; // of the model's guesses that the queue was followed in
let shown = 0; // and of those that are on the page
let busy = false;

// Asking and showing

/** Run one thing at a time: a key that comes meanwhile is meant for an image not yet seen. */
async function alone(action) {
  if (busy) return;
  busy = true;
  document.body.setAttribute("aria-busy", "true");
  try {
    await action();
  } catch (error) {
    if (error instanceof server.Conflict) await reload("It was saved elsewhere meanwhile.");
    else say(error.message, true);
  } finally {
    busy = false;
    document.body.setAttribute("aria-busy", "false");
  }
}

function say(text, error = false) {
  $("status").textContent = text;
  $("status").classList.toggle("error", error);
}

async function refresh() {
  state = await server.state();
  useColours(state.classes.map((name) => state.details[name]?.color));
  render();
}

/** Show the next image of the filter, from the one on the stage. */
async function go(step = 1) {
  // When the model has put them into another order, the first one is the most uncertain one.
  const after = state.round === round && item ? item.id : "";
  round = state.round;
  await show(await server.next(filter, after, step));
}

async function show(id) {
  if (!id) {
    item = drawing = null;
    stage.clear();
    render();
    return;
  }
  shown = state.round;
  const found = await server.item(id);
  let image = null;
  if (!found.error) {
    image = await server.picture(id).catch(() => null);
    if (!image) found.error = "it cannot be decoded";
  }
  item = found;
  drawing = new Drawing(item.annotation, item.size, state.classes);
  drawing.paintable = item.paintable;
  if (image) stage.show(image, drawing);
  else stage.clear();
  render();
  preload();
}

/** Fetch the image that probably comes next. */
async function preload() {
  try {
    const id = await server.next(filter, item.id);
    if (id) await server.picture(id);
  } catch {
    // Whoever shows it will say what is wrong.
  }
}

async function reload(text) {
  await refresh();
  if (item) await show(item.id);
  say(text, true);
}

// Saving

/** Save what is on the stage; whether it is saved now. */
async function save(annotation) {
  say("Saving …");
  try {
    item.version = (await server.save(item.id, item.version, annotation)).version;
  } catch (error) {
    if (!(error instanceof server.Conflict)) throw error;
    return settle(error.saved, annotation);
  }
  drawing.steps = [];
  await refresh();
  say(`Saved: ${item.path} · ${describe(annotation)}`);
  return true;
}

/** Ask which of two versions holds. */
async function settle(saved, mine) {
  $("conflict-theirs").textContent = describe(saved.annotation);
  $("conflict-mine").textContent = describe(mine);
  const choice = await ask($("conflict"));
  if (choice === "mine") {
    item.version = saved.version;
    return save(mine);
  }
  if (choice === "theirs") {
    await reload("The saved one was kept.");
    return false;
  }
  say("Not saved: choose when you save again.", true);
  return false;
}

/** Open a dialog, and return the value of the button that closed it, "" for Esc. */
function ask(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

/** Leave the image: what was drawn is saved first. */
async function leave(step) {
  if (drawing?.changed && !(await save(drawing.toJSON()))) return;
  await go(step);
}

async function saveAndGo(annotation) {
  if (await save(annotation)) await go();
}

function choose(index) {
  const name = state.classes[index];
  if (name === undefined || !item) return;
  stage.current = index;
  const box = drawing.boxes[drawing.selected];
  if (stage.tool === "class") {
    alone(() => saveAndGo({ ...drawing.toJSON(), class: name }));
  } else if (stage.tool === "box" && box) {
    drawing.remember();
    box.class = name;
  }
  render();
}

// Commands, by the names that keys and buttons have for them

const commands = {
  save() {
    if (!item) return;
    const annotation = drawing.toJSON();
    if (stage.tool === "class" && !drawing.changed) annotation.class ??= item.given;
    const empty = !annotation.class && !annotation.boxes.length && !annotation.masks.length;
    if (empty && stage.tool === "class") say("Choose a class first, or skip with S.", true);
    else alone(() => saveAndGo(annotation));
  },
  skip() {
    // What is drawn is kept for later.
    if (item) alone(() => saveAndGo({ ...drawing.toJSON(), class: null, skipped: true }));
  },
  undo() {
    if (drawing?.changed) {
      drawing.undo();
      stage.penDown = false;
      stage.redraw();
      render();
      return;
    }
    alone(async () => {
      await refresh();
      const [last] = state.history;
      if (!last) return say("There is nothing to undo.");
      const { version } = await server.item(last);
      await server.undo(last, version);
      await refresh();
      await show(last);
      say(`Undone: ${item.path}`);
    });
  },
  forward: () => alone(() => leave(1)),
  back: () => alone(() => leave(-1)),
  accept() {
    const index = state.classes.indexOf(item?.guesses[0]?.[0]);
    if (index >= 0) alone(() => saveAndGo({ ...drawing.toJSON(), class: state.classes[index] }));
  },
  newClass() {
    $("new-class-name").value = "";
    alone(async () => {
      if ((await ask($("new-class"))) === "") return;
      const { name } = await server.addClass($("new-class-name").value);
      await refresh();
      if (drawing) drawing.classes = state.classes;
      stage.current = state.classes.indexOf(name);
      render();
      say(`New class: ${name}`);
    });
  },
  filter: () => $("filter").focus(),
  toolClass: () => use("class"),
  toolBox: () => use("box"),
  toolBrush: () => use("brush"),
  toolErase: () => use("erase"),
  nextBox() {
    if (!drawing?.boxes.length) return;
    use("box");
    drawing.selected = (drawing.selected + 1) % drawing.boxes.length;
    render();
  },
  remove: () => drawing?.removeSelected() && render(),
  deselect() {
    stage.penDown = false;
    if (drawing) drawing.selected = -1;
    render();
  },
  dab() {
    if (!stage.image || !state.classes.length) return;
    if (stage.tool === "box") stage.addBox();
    else if (stage.tool !== "class") stage.togglePen();
  },
  smaller: () => resizeBrush(stage.radius / 1.25),
  larger: () => resizeBrush(Math.max(stage.radius * 1.25, stage.radius + 1)),
  zoomIn: () => stage.zoom(1.25),
  zoomOut: () => stage.zoom(0.8),
  fit: () => stage.toggleFit(),
  help: () => ask($("help")),
};

function use(tool) {
  stage.tool = tool;
  stage.penDown = false;
  if (tool !== "box" && drawing) drawing.selected = -1;
  if (item && !item.paintable && (tool === "brush" || tool === "erase")) {
    say("This image is too large to be painted on: boxes and classes work.", true);
  }
  render();
}

function resizeBrush(radius) {
  stage.resizeBrush(radius);
  render();
}

// Keys

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (target.matches("input, select")) {
    if (key === "Escape") $("stage").focus();
    return;
  }
  if (target.matches("button") && (key === "Enter" || key === " ")) return; // it presses the button
  if (key.startsWith("Arrow") || key.startsWith("Page")) return arrow(event);
  const letter = key.length === 1 ? key.toLowerCase() : key;
  const [command] = COMMANDS[letter] ?? [];
  const index = keysOf(state.classes, state.details).indexOf(letter);
  if (!command && index < 0) return;
  event.preventDefault();
  if (event.repeat && !/zoom|smaller|larger/.test(command)) return; // one press, one label
  if (command) commands[command]();
  else choose(index);
});

function arrow(event) {
  const { key, shiftKey } = event;
  const dx = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
  const dy = { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0;
  event.preventDefault();
  if (drawing?.boxes[drawing.selected]) {
    if (dx || dy) return stage.nudge(dx, dy, shiftKey);
  } else if (stage.image && (stage.tool === "brush" || stage.tool === "erase") && (dx || dy)) {
    return stage.moveBrush(dx, dy, shiftKey);
  } else if (shiftKey && (dx || dy)) {
    return stage.pan(-60 * dx, -60 * dy);
  }
  if (event.repeat) return;
  if (dx > 0 || key === "PageDown") commands.forward();
  else if (dx < 0 || key === "PageUp") commands.back();
}

function render() {
  panel.render({ state, item, drawing, filter, stage, choose, select });
  stage.redraw();
}

function select(index) {
  use("box");
  drawing.selected = index;
  render();
}

// Buttons, and the start

function connect() {
  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => { $("stage").focus(); commands[button.dataset.do](); });
  }
  for (const button of document.querySelectorAll("[data-tool]")) {
    button.addEventListener("click", () => { $("stage").focus(); use(button.dataset.tool); });
  }
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close(""));
  }
  $("filter").addEventListener("change", () => alone(async () => {
    const chosen = $("filter").value;
    if (drawing?.changed && !(await save(drawing.toJSON()))) return;
    filter = chosen;
    item = null;
    await go();
    $("stage").focus();
  }));
  $("radius").addEventListener("input", () => resizeBrush(Number($("radius").value)));
  $("find").addEventListener("input", render);
  $("find").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const index = [...$("classes").children].findIndex((button) => !button.hidden);
    $("find").value = "";
    $("stage").focus();
    choose(index);
  });
  $("learn").addEventListener("click", () => alone(async () => {
    $("stage").focus();
    await server.learn();
    await refresh();
  }));
  panel.build();
  addEventListener("beforeunload", (event) => { if (drawing?.changed) event.preventDefault(); });
}

/** Follow a model that learns, and show its guess once there is one. */
async function poll() {
  try {
    if (!busy) {
      state = await server.state();
      render();
      if (state.round !== shown && item && !drawing.changed && !busy) {
        await alone(() => show(item.id));
      }
    }
  } catch {
    // The next thing that is saved will say what is wrong.
  }
  setTimeout(poll, POLL);
}

async function start() {
  state = await server.state();
  useColours(state.classes.map((name) => state.details[name]?.color));
  document.title = `${state.folder} · minidl label`;
  $("folder").textContent = state.folder;
  $("annotator").textContent = state.annotator;
  filter = state.first;
  round = state.round;
  connect();
  await alone(() => go());
  if (state.learning) setTimeout(poll, POLL);
  $("stage").focus();
}

start().catch((error) => say(error.message, true));
